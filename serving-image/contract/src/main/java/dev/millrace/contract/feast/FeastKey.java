package dev.millrace.contract.feast;

import dev.millrace.contract.config.Entity.EntityKey;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Key of an entity's hash: {@code serialize_entity_key} of Feast's {@code key_encoding_utils.py}, then the project.
 *
 * <pre>
 * u32 number of keys
 * for each join key, by name:   u32 2 (STRING)   u32 length   UTF-8
 * for each value, same order:   u32 type         u32 length   bytes
 * the project in UTF-8, without a separator
 * </pre>
 *
 * All little-endian. A key of type INT32 and one of INT64 differ for the same number, so the types must be those that Feast's
 * own entities have.
 */
final class FeastKey {
    private static final int STRING = 2;
    private static final int INT32 = 3;
    private static final int INT64 = 4;

    private final byte[] names;
    private final byte[] project;
    /** Of each id, in the order in which Feast writes them. */
    private final int[] order;

    private final int[] types;

    /** {@code joinKeys}: Feast's names, in the order of {@code keys}. */
    FeastKey(String project, List<String> joinKeys, List<EntityKey> keys) {
        if (joinKeys.size() != keys.size()) {
            throw new IllegalArgumentException(joinKeys.size() + " join keys for " + keys.size() + " keys");
        }
        List<Integer> sorted = new ArrayList<>();
        for (int i = 0; i < joinKeys.size(); i++) {
            sorted.add(i);
        }
        // Python sorts strings by code point, Java by UTF-16 unit: UTF-8 sorts as code points do
        sorted.sort(Comparator.comparing(i -> utf8(joinKeys.get(i)), java.util.Arrays::compareUnsigned));
        this.project = utf8(project);
        this.order = sorted.stream().mapToInt(i -> i).toArray();
        this.types = sorted.stream().mapToInt(i -> type(keys.get(i))).toArray();
        ByteBuffer head =
                little(4 + joinKeys.stream().mapToInt(k -> 8 + utf8(k).length).sum());
        head.putInt(order.length);
        for (int i : order) {
            put(head, STRING, utf8(joinKeys.get(i)));
        }
        this.names = head.array();
    }

    private static int type(EntityKey key) {
        return switch (key.type()) {
            case "STRING" -> STRING;
            case "INT32" -> INT32;
            case "INT64" -> INT64;
            default -> throw new IllegalArgumentException(key.name() + " has no type that Feast has: " + key.type());
        };
    }

    private static byte[] utf8(String s) {
        return s.getBytes(StandardCharsets.UTF_8);
    }

    private static ByteBuffer little(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static void put(ByteBuffer to, int type, byte[] bytes) {
        to.putInt(type).putInt(bytes.length).put(bytes);
    }

    /** {@code ids}: canonical, in the order of the entity's keys. */
    byte[] of(List<String> ids) {
        if (ids.size() != order.length) {
            throw new IllegalArgumentException(ids.size() + " ids for " + order.length + " keys");
        }
        byte[][] values = new byte[order.length][];
        int size = names.length + project.length;
        for (int i = 0; i < order.length; i++) {
            values[i] = value(types[i], ids.get(order[i]));
            size += 8 + values[i].length;
        }
        ByteBuffer key = little(size).put(names);
        for (int i = 0; i < order.length; i++) {
            put(key, types[i], values[i]);
        }
        return key.put(project).array();
    }

    private static byte[] value(int type, String id) {
        return switch (type) {
            case INT32 -> little(4).putInt(Integer.parseInt(id)).array();
            case INT64 -> little(8).putLong(Long.parseLong(id)).array();
            default -> utf8(id);
        };
    }
}
