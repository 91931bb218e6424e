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
 * Reads all groups of all entities of a call with one MGET, each value once, and ends when the reply is in or the store's
 * budget is over. Belongs to one event loop.
 */
public final class FeatureFetcher {
    private final StoreReader reader;
    private final VectorPlan plan;
    private final String ns;
    private final Supplier<Freshness> freshness;
    private final LongSupplier wallClock;
    private final List<byte[]> samples;

    /** {@code ns}: {@link StoreKeys#ns}. */
    public FeatureFetcher(
            StoreReader reader, VectorPlan plan, String ns, Supplier<Freshness> freshness, LongSupplier wallClock) {
        this.reader = reader;
        this.plan = plan;
        this.ns = ns;
        this.freshness = freshness;
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
        Fetch fetch = new Fetch(entities, rehearsal);
        if (plan.groups().isEmpty()) {
            done.accept(fetch.reads);
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
        private final boolean rehearsal;
        private final GroupRead[][] reads;
        private final int groups = plan.groups().size();
        /** For each read (entity x group) the place of its value in the reply: what several share is read once. */
        private final int[] places;

        Fetch(List<Map<String, String>> entities, boolean rehearsal) {
            this.entities = entities;
            this.rehearsal = rehearsal;
            this.reads = new GroupRead[entities.size()][groups];
            this.places = new int[entities.size() * groups];
            for (GroupRead[] r : reads) {
                Arrays.fill(r, GroupRead.FAILED);
            }
        }

        /** The same each time. */
        private Request request() {
            Request mget = Request.cmd(Command.MGET);
            Map<String, Integer> known = new HashMap<>();
            int next = 0;
            for (int e = 0; e < entities.size(); e++) {
                for (int g = 0; g < groups; g++) {
                    String key = key(entities.get(e), plan.groups().get(g));
                    // a lone entity shares nothing
                    Integer place = entities.size() == 1 ? null : known.putIfAbsent(key, next);
                    places[e * groups + g] = place == null ? next++ : place;
                    if (place == null) {
                        mget.arg(key);
                    }
                }
            }
            return mget;
        }

        private String key(Map<String, String> entity, GroupPlan group) {
            List<String> ids = new ArrayList<>(group.entity().keys().size());
            group.entity().keys().forEach(k -> ids.add(entity.getOrDefault(k.name(), "")));
            return StoreKeys.value(ns, group.entity(), ids, group.group());
        }

        private void decode(Response values) {
            long now = wallClock.getAsLong();
            Freshness known = freshness.get();
            GroupRead[] decoded = new GroupRead[values.size()];
            for (int i = 0; i < places.length; i++) {
                int place = places[i];
                int g = i % groups;
                GroupRead read = decoded[place];
                if (read == null) {
                    read = decode(plan.groups().get(g), g, values.get(place), known, now);
                    decoded[place] = read;
                }
                reads[i / groups][g] = read;
            }
        }

        private GroupRead decode(GroupPlan group, int index, @Nullable Response value, Freshness known, long now) {
            byte[] bytes = value != null ? value.toBytes() : rehearsal ? samples.get(index) : null;
            return bytes == null ? GroupRead.MISSING : read(group, bytes, known, now);
        }
    }

    private static GroupRead read(GroupPlan group, byte[] value, Freshness known, long now) {
        ValueHeader header = ValueHeader.of(value);
        double[] values = header == null ? null : group.decode(value, now);
        if (header == null || values == null) {
            return GroupRead.CORRUPT;
        }
        long eventTime = header.eventTimeMaxMs();
        return new GroupRead(
                known.isStale(group, header, now) ? Result.STALE : Result.FRESH,
                values,
                eventTime,
                eventTime == 0 ? -1 : Math.max(0, now - eventTime));
    }
}
