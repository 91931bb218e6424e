package dev.millrace.server.features;

import dev.millrace.contract.config.FeatureGroup;
import dev.millrace.contract.feast.FeastView;
import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The groups of a store of Feast's: those of one entity lie in one hash and are read by one HMGET. Compiled once; for one event
 * loop.
 */
final class FeastHashes {
    /** Groups of one hash, by their places in the plan, and all their fields. */
    private record Hash(int[] groups, FeastView key, List<Buffer> fields) {}

    private final VectorPlan plan;
    private final List<Hash> hashes = new ArrayList<>();

    FeastHashes(VectorPlan plan) {
        this.plan = plan;
        Map<List<Object>, List<Integer>> byKey = new LinkedHashMap<>();
        for (int g = 0; g < plan.groups().size(); g++) {
            GroupPlan group = plan.groups().get(g);
            FeatureGroup.Feast feast = group.group().feast();
            if (feast != null && group.feast() != null) {
                byKey.computeIfAbsent(
                                List.of(group.entity().name(), feast.project(), feast.joinKeys()),
                                k -> new ArrayList<>())
                        .add(g);
            }
        }
        for (List<Integer> groups : byKey.values()) {
            List<Buffer> fields = new ArrayList<>();
            for (int g : groups) {
                view(g).fields().forEach(f -> fields.add(Buffer.buffer(f)));
            }
            hashes.add(new Hash(groups.stream().mapToInt(g -> g).toArray(), view(groups.get(0)), fields));
        }
    }

    private FeastView view(int group) {
        FeastView view = plan.groups().get(group).feast();
        if (view == null) {
            throw new IllegalStateException("group " + plan.groups().get(group).name() + " is of no store of Feast's");
        }
        return view;
    }

    boolean isEmpty() {
        return hashes.isEmpty();
    }

    /** Hashes of one call, each asked for once, whoever shares it. */
    final class Asked {
        /** For each hash of each entity its place among the requests; -1 = nobody wants it. */
        private final int[] places;

        private final List<byte[]> keys = new ArrayList<>();
        private final List<Hash> of = new ArrayList<>();

        Asked(List<Map<String, String>> entities, boolean @Nullable [] wanted) {
            places = new int[entities.size() * hashes.size()];
            Map<String, Integer> known = new LinkedHashMap<>();
            for (int e = 0; e < entities.size(); e++) {
                for (int h = 0; h < hashes.size(); h++) {
                    Hash hash = hashes.get(h);
                    places[e * hashes.size() + h] =
                            wants(hash, wanted) ? place(hash, h, entities.get(e), known, entities.size() == 1) : -1;
                }
            }
        }

        private int place(Hash hash, int h, Map<String, String> entity, Map<String, Integer> known, boolean lone) {
            byte[] key = hash.key().key(FeatureFetcher.ids(entity, plan.groups().get(hash.groups()[0])));
            if (!lone) {
                // a lone entity shares nothing
                String name = h + ":" + new String(key, StandardCharsets.ISO_8859_1);
                Integer place = known.putIfAbsent(name, keys.size());
                if (place != null) {
                    return place;
                }
            }
            keys.add(key);
            of.add(hash);
            return keys.size() - 1;
        }

        void addTo(List<Request> requests) {
            for (int i = 0; i < keys.size(); i++) {
                Request hmget = Request.cmd(Command.HMGET).arg(Buffer.buffer(keys.get(i)));
                of.get(i).fields().forEach(hmget::arg);
                requests.add(hmget);
            }
        }

        /**
         * Puts what was read to its entities.
         *
         * @param replies to {@link #addTo}
         * @param rehearsal reads what Feast would have written where there is nothing
         */
        void decode(
                List<@Nullable Response> replies, GroupRead[][] reads, Freshness known, long now, boolean rehearsal) {
            List<GroupRead[]> decoded = new ArrayList<>();
            for (int i = 0; i < keys.size(); i++) {
                decoded.add(decode(of.get(i), replies.get(i), known, now, rehearsal));
            }
            for (int i = 0; i < places.length; i++) {
                int[] groups = hashes.get(i % hashes.size()).groups();
                for (int g = 0; places[i] >= 0 && g < groups.length; g++) {
                    reads[i / hashes.size()][groups[g]] = decoded.get(places[i])[g];
                }
            }
        }

        private GroupRead[] decode(Hash hash, @Nullable Response reply, Freshness known, long now, boolean rehearsal) {
            GroupRead[] reads = new GroupRead[hash.groups().length];
            int from = 0;
            for (int i = 0; i < reads.length; i++) {
                int group = hash.groups()[i];
                FeastView view = view(group);
                int size = view.fields().size();
                FeastView.Row row = FeastView.Row.CORRUPT;
                if (reply != null && reply.size() == hash.fields().size()) {
                    List<byte @Nullable []> values = new ArrayList<>(size);
                    for (int f = from; f < from + size; f++) {
                        Response value = reply.get(f);
                        values.add(value == null ? null : value.toBytes());
                    }
                    row = view.read(values);
                }
                if (rehearsal && row == FeastView.Row.MISSING) {
                    row = view.read(view.sample(now));
                }
                reads[i] = known.ofFeast(plan.groups().get(group), row, now);
                from += size;
            }
            return reads;
        }
    }

    private static boolean wants(Hash hash, boolean @Nullable [] wanted) {
        if (wanted == null) {
            return true;
        }
        for (int g : hash.groups()) {
            if (wanted[g]) {
                return true;
            }
        }
        return false;
    }
}
