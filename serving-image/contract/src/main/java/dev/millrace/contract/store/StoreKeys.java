package dev.millrace.contract.store;

import dev.millrace.contract.config.Entity;
import dev.millrace.contract.config.Entity.EntityKey;
import dev.millrace.contract.config.FeatureGroup;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;

/**
 * Names of keys in the online store.
 *
 * <pre>
 * mr1:{payments.fraud:customer:1001}:purchases.7f3a     value of a group
 * mr1:{payments.fraud:customer:1001}:spend.11c0.s       of a hybrid group: the stream's part
 * mr1:{payments.fraud:customer:1001}:spend.11c0.b       and the batch's, so that neither overwrites the other
 * mr1:{payments.fraud}:meta                             hash: epochs, batch runs
 * mr1:{payments.fraud}:hb:purchases.7f3a:0              heartbeat of a partition
 * mr1:{payments.fraud}:load:profile.ab12:4f1e…          hash: how far a batch run is
 * </pre>
 *
 * The braces hold namespace, entity and ids, so that all groups of one entity lie in one cluster slot and one MGET reads
 * them. Different ids never give equal keys: {@code %}, <code>:</code>, braces and {@code #} are {@code %}-escaped, and an
 * id longer than 64 bytes becomes {@code #} and 128 bits of its SHA-256.
 */
public final class StoreKeys {
    private static final int MAX_ID_BYTES = 64;

    private StoreKeys() {}

    /** What keeps two models apart in one store: {@code <Kubernetes namespace>.<model>}. */
    public static String ns(String namespace, String name) {
        return namespace + "." + name;
    }

    /**
     * Key of what the batch of a group writes for an entity.
     *
     * @param ids as in {@link #value}
     */
    public static String batchValue(String ns, Entity entity, List<String> ids, FeatureGroup g) {
        return key(ns, entity, ids, g, isHybrid(g) ? ".b" : "");
    }

    /**
     * Key of an entity's value in a group; of a hybrid group, of what its stream writes.
     *
     * @param ids canonical ({@link #canonicalId}), in the order of {@code entity.keys()}
     */
    public static String value(String ns, Entity entity, List<String> ids, FeatureGroup g) {
        return key(ns, entity, ids, g, isHybrid(g) ? ".s" : "");
    }

    private static boolean isHybrid(FeatureGroup g) {
        return g.stream() != null && g.batch() != null;
    }

    private static String key(String ns, Entity entity, List<String> ids, FeatureGroup g, String part) {
        return "mr1:{" + ns + ":" + entity.name() + ":" + entityKey(ordered(entity, ids)) + "}:" + g.name() + "."
                + g.revision() + part;
    }

    /** Key of the model's meta hash: fields {@code epoch}, {@code epoch:<group>.<rev>}, {@code batchEnd:…}, {@code batchRun:…}, {@code batchLoad:…}. */
    public static String meta(String ns) {
        return "mr1:{" + ns + "}:meta";
    }

    /** Key of a partition's heartbeat. */
    public static String heartbeat(String ns, FeatureGroup g, int partition) {
        return "mr1:{" + ns + "}:hb:" + g.name() + "." + g.revision() + ":" + partition;
    }

    /**
     * Key of what the workers of a batch run have done.
     *
     * @param run the same for all of them and for each that takes over; its own for every run
     */
    public static String batchRun(String ns, FeatureGroup g, String run) {
        return "mr1:{" + ns + "}:load:" + g.name() + "." + g.revision() + ":" + run;
    }

    /** Ids as one string, each escaped, joined by colons in the given order. Injective. */
    public static String entityKey(List<String> ids) {
        if (ids.size() == 1) {
            return escape(ids.get(0));
        }
        StringBuilder key = new StringBuilder();
        for (int i = 0; i < ids.size(); i++) {
            if (i > 0) {
                key.append(':');
            }
            key.append(escape(ids.get(i)));
        }
        return key.toString();
    }

    /**
     * An id as both sides must write it: the text of a STRING, the decimal digits of an INT32 or INT64 without leading
     * zeros. A number for a STRING key is taken as its digits, a string of digits for a numeric key as the number.
     *
     * @param value from JSON: a String, an integer Number
     * @throws IllegalArgumentException naming the key and what it wants
     */
    public static String canonicalId(EntityKey key, Object value) {
        boolean whole = value instanceof Integer || value instanceof Long || value instanceof Short;
        boolean string = value instanceof String;
        if (key.type().equals("STRING")) {
            if (string || whole) {
                return value.toString();
            }
            throw new IllegalArgumentException(key.name() + " must be a string");
        }
        try {
            if (string || whole) {
                long id = Long.parseLong(value.toString());
                if (!key.type().equals("INT32") || id == (int) id) {
                    return Long.toString(id);
                }
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(key.name() + " must be an integer of type " + key.type(), e);
        }
        throw new IllegalArgumentException(key.name() + " must be an integer of type " + key.type());
    }

    /** By the name of the join key, so that a spec that lists them in another order finds the same values. */
    private static List<String> ordered(Entity entity, List<String> ids) {
        List<EntityKey> keys = entity.keys();
        if (ids.size() != keys.size()) {
            throw new IllegalArgumentException(
                    "entity " + entity.name() + " has " + keys.size() + " keys, not " + ids.size());
        }
        if (ids.size() == 1) {
            return ids;
        }
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < ids.size(); i++) {
            order.add(i);
        }
        order.sort(Comparator.comparing(i -> keys.get(i).name()));
        return order.stream().map(ids::get).toList();
    }

    private static String escape(String id) {
        boolean plain = id.length() <= MAX_ID_BYTES;
        for (int i = 0; plain && i < id.length(); i++) {
            char c = id.charAt(i);
            plain = c < 0x80 && !isReserved(c);
        }
        if (plain) {
            return id;
        }
        StringBuilder s = new StringBuilder(id.length() + 8);
        for (int i = 0; i < id.length(); i++) {
            char c = id.charAt(i);
            if (isReserved(c)) {
                s.append('%').append(HexFormat.of().withUpperCase().toHexDigits((byte) c));
            } else if (Character.isHighSurrogate(c)
                    && i + 1 < id.length()
                    && Character.isLowSurrogate(id.charAt(i + 1))) {
                s.append(c).append(id.charAt(++i));
            } else if (Character.isSurrogate(c)) {
                // half a character has no UTF-8: all of them would become the same '?'
                s.append("%u").append(HexFormat.of().withUpperCase().toHexDigits(c));
            } else {
                s.append(c);
            }
        }
        byte[] bytes = s.toString().getBytes(StandardCharsets.UTF_8);
        return bytes.length <= MAX_ID_BYTES ? s.toString() : "#" + hash(bytes);
    }

    private static boolean isReserved(char c) {
        return c == '%' || c == ':' || c == '{' || c == '}' || c == '#';
    }

    private static String hash(byte[] bytes) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
            return HexFormat.of().formatHex(digest, 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
