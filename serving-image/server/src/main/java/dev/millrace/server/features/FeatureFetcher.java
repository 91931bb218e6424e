package dev.millrace.server.features;

import dev.millrace.contract.feature.ValueHeader;
import dev.millrace.contract.store.StoreKeys;
import dev.millrace.server.features.GroupRead.Result;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads all groups of all entities of a call with one MGET, each value once (of a store of Feast's, with one HMGET for each
 * entity, sent together), and ends when the reply is in or the store's budget is over. What sql groups have in memory is taken as it is. Belongs to one event loop.
 */
public final class FeatureFetcher {
    private static final int NOT_STORED = -1;

    private final StoreReader reader;
    private final VectorPlan plan;
    private final String ns;
    private final Supplier<Freshness> freshness;
    private final LongSupplier wallClock;
    private final List<byte[]> samples;
    private final RowSource rows;
    private final boolean readsStore;
    private final FeastHashes feast;

    /** {@code ns}: {@link StoreKeys#ns}. */
    public FeatureFetcher(
            StoreReader reader,
            VectorPlan plan,
            String ns,
            Supplier<Freshness> freshness,
            RowSource rows,
            LongSupplier wallClock) {
        this.reader = reader;
        this.plan = plan;
        this.ns = ns;
        this.freshness = freshness;
        this.rows = rows;
        this.readsStore = plan.readsStore();
        this.feast = new FeastHashes(plan);
        this.wallClock = wallClock;
        this.samples =
                plan.groups().stream().map(g -> g.sample(wallClock.getAsLong())).toList();
    }

    /**
     * @param entities for each prediction its canonical ids by key name
     * @param budgetMs from now
     * @param latestNanos when it ends at the latest, by {@link System#nanoTime}
     * @param rehearsal decodes a value of the group's own making where the store has none
     * @param done told once, on this event loop, with one array per prediction: one read per group
     */
    public void fetch(
            List<Map<String, String>> entities,
            double budgetMs,
            long latestNanos,
            boolean rehearsal,
            Consumer<GroupRead[][]> done) {
        fetch(entities, null, budgetMs, latestNanos, rehearsal, done);
    }

    /** {@code wanted}: which groups of the plan are read, the others' reads say nothing; null = all are. */
    void fetch(
            List<Map<String, String>> entities,
            boolean @Nullable [] wanted,
            double budgetMs,
            long latestNanos,
            boolean rehearsal,
            Consumer<GroupRead[][]> done) {
        Fetch fetch = new Fetch(entities, wanted, rehearsal);
        fetch.takeRows();
        if (!readsStore) {
            done.accept(fetch.reads);
            return;
        }
        if (!feast.isEmpty()) {
            fetch.readFeast(budgetMs, latestNanos, done);
            return;
        }
        reader.read(fetch::request, budgetMs, latestNanos, rehearsal, reply -> {
            if (reply != null) {
                fetch.decode(reply);
            }
            done.accept(fetch.reads);
        });
    }

    private final class Fetch {
        private final List<Map<String, String>> entities;
        private final boolean @Nullable [] wanted;
        private final boolean rehearsal;
        private final GroupRead[][] reads;
        private final int groups = plan.groups().size();
        /** For each read (entity x group) the place of its first value in the reply: what several share is read once. */
        private final int[] places;
        /** Whether the MGET asks for anything, which {@link #request} finds out. */
        private boolean hasKeys;

        Fetch(List<Map<String, String>> entities, boolean @Nullable [] wanted, boolean rehearsal) {
            this.entities = entities;
            this.wanted = wanted;
            this.rehearsal = rehearsal;
            this.reads = new GroupRead[entities.size()][groups];
            this.places = new int[entities.size() * groups];
            for (GroupRead[] r : reads) {
                Arrays.fill(r, GroupRead.FAILED);
            }
        }

        private boolean wants(int group) {
            return wanted == null || wanted[group];
        }

        private void readFeast(double budgetMs, long latestNanos, Consumer<GroupRead[][]> done) {
            FeastHashes.Asked asked = feast.new Asked(entities, wanted);
            request();
            reader.<List<@Nullable Response>>query(
                    link -> {
                        List<Request> requests = new ArrayList<>();
                        if (hasKeys) {
                            requests.add(request());
                        }
                        asked.addTo(requests);
                        return link.sendAll(requests);
                    },
                    budgetMs,
                    latestNanos,
                    rehearsal,
                    replies -> {
                        if (replies != null) {
                            Response own = hasKeys ? replies.get(0) : null;
                            if (own != null) {
                                decode(own);
                            }
                            asked.decode(
                                    hasKeys ? replies.subList(1, replies.size()) : replies,
                                    reads,
                                    freshness.get(),
                                    wallClock.getAsLong(),
                                    rehearsal);
                        }
                        done.accept(reads);
                    });
        }

        private void takeRows() {
            for (int g = 0; g < groups; g++) {
                GroupPlan group = plan.groups().get(g);
                for (int e = 0; group.isSql() && wants(g) && e < entities.size(); e++) {
                    long now = wallClock.getAsLong();
                    reads[e][g] = rehearsal
                            ? FeatureFetcher.read(group, samples.get(g), Freshness.UNKNOWN, now)
                            : rows.read(group, ids(entities.get(e), group), now);
                }
            }
        }

        /** The same each time. */
        private Request request() {
            Request mget = Request.cmd(Command.MGET);
            Map<String, Integer> known = new HashMap<>();
            int next = 0;
            for (int e = 0; e < entities.size(); e++) {
                for (int g = 0; g < groups; g++) {
                    GroupPlan group = plan.groups().get(g);
                    if (group.isSql() || group.feast() != null || !wants(g)) {
                        places[e * groups + g] = NOT_STORED;
                        continue;
                    }
                    List<String> keys = keys(entities.get(e), plan.groups().get(g));
                    // a lone entity shares nothing
                    Integer place = entities.size() == 1 ? null : known.putIfAbsent(keys.get(0), next);
                    places[e * groups + g] = place == null ? next : place;
                    if (place == null) {
                        keys.forEach(mget::arg);
                        next += keys.size();
                    }
                }
            }
            hasKeys = next > 0;
            return mget;
        }

        private List<String> keys(Map<String, String> entity, GroupPlan group) {
            return group.keys(ns, ids(entity, group));
        }

        private void decode(Response values) {
            long now = wallClock.getAsLong();
            Freshness known = freshness.get();
            GroupRead[] decoded = new GroupRead[values.size()];
            for (int i = 0; i < places.length; i++) {
                int place = places[i];
                if (place == NOT_STORED) {
                    continue;
                }
                int g = i % groups;
                GroupRead read = decoded[place];
                if (read == null) {
                    read = decode(g, values, place, known, now);
                    decoded[place] = read;
                }
                reads[i / groups][g] = read;
            }
        }

        private GroupRead decode(int index, Response values, int place, Freshness known, long now) {
            GroupPlan group = plan.groups().get(index);
            byte[] value = bytes(values.get(place));
            byte[] batch = group.isHybrid() ? bytes(values.get(place + 1)) : null;
            if (value == null && batch == null) {
                if (!rehearsal) {
                    return GroupRead.MISSING;
                }
                value = samples.get(index);
            }
            return group.isHybrid()
                    ? hybrid(group, value, batch, known, now)
                    : value == null ? GroupRead.MISSING : read(group, value, known, now);
        }
    }

    static List<String> ids(Map<String, String> entity, GroupPlan group) {
        List<String> ids = new ArrayList<>(group.entity().keys().size());
        group.entity().keys().forEach(k -> ids.add(entity.getOrDefault(k.name(), "")));
        return ids;
    }

    private static byte @Nullable [] bytes(@Nullable Response value) {
        return value == null ? null : value.toBytes();
    }

    private static GroupRead read(GroupPlan group, byte[] value, Freshness known, long now) {
        ValueHeader header = ValueHeader.of(value);
        return header == null
                ? GroupRead.CORRUPT
                : read(group, value, known.isStale(group, header, now) ? Result.STALE : Result.FRESH, now);
    }

    private static GroupRead hybrid(
            GroupPlan group, byte @Nullable [] stream, byte @Nullable [] batch, Freshness known, long now) {
        ValueHeader streamed = stream == null ? null : ValueHeader.of(stream);
        ValueHeader loaded = batch == null ? null : ValueHeader.of(batch);
        if (stream != null && streamed == null || batch != null && (loaded == null || !group.isOf(loaded))) {
            return GroupRead.CORRUPT;
        }
        boolean counts = loaded != null && !known.isReplaced(group, loaded);
        long cut = loaded != null && counts
                ? loaded.eventTimeMaxMs()
                : known.of(group).batchEndMs();
        byte[] value = group.join(counts ? batch : null, stream, cut == 0 ? Long.MIN_VALUE : cut);
        return value == null ? GroupRead.CORRUPT : read(group, value, known.ofHybrid(group, streamed, cut, now), now);
    }

    private static GroupRead read(GroupPlan group, byte[] value, Result result, long now) {
        double[] values = group.decode(value, now);
        if (values == null) {
            return GroupRead.CORRUPT;
        }
        long eventTime = ValueHeader.eventTimeMaxMs(value);
        return new GroupRead(result, values, eventTime, eventTime == 0 ? -1 : Math.max(0, now - eventTime));
    }
}
