package dev.millrace.server.features;

import dev.millrace.contract.feature.ValueHeader;
import dev.millrace.contract.store.StoreKeys;
import dev.millrace.server.features.GroupRead.Result;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Reads all groups of an entity with one MGET and ends when all replies are in or the store's budget is over;
 * a reply that comes later is drained and dropped. Belongs to one event loop.
 */
public final class FeatureFetcher {
    /** A timer on an idle loop comes within a tenth of it. */
    private static final long HELD_UP_NANOS = 1_000_000;

    private final Vertx vertx;
    private final StoreLink link;
    private final VectorPlan plan;
    private final String ns;
    private final Supplier<Freshness> freshness;
    private final LongSupplier wallClock;
    /** Groups by entity, so that each entity costs one MGET. */
    private final Map<String, int[]> byEntity = new LinkedHashMap<>();

    private final List<byte[]> samples;

    /** {@code ns}: {@link StoreKeys#ns}. */
    public FeatureFetcher(
            Vertx vertx,
            StoreLink link,
            VectorPlan plan,
            String ns,
            Supplier<Freshness> freshness,
            LongSupplier wallClock) {
        this.vertx = vertx;
        this.link = link;
        this.plan = plan;
        this.ns = ns;
        this.freshness = freshness;
        this.wallClock = wallClock;
        this.samples =
                plan.groups().stream().map(g -> g.sample(wallClock.getAsLong())).toList();
        for (int g = 0; g < plan.groups().size(); g++) {
            int group = g;
            byEntity.merge(plan.groups().get(g).entity().name(), new int[] {g}, (old, one) -> {
                int[] both = Arrays.copyOf(old, old.length + 1);
                both[old.length] = group;
                return both;
            });
        }
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
        new Fetch(entities, budgetMs, latestNanos, rehearsal, done).start();
    }

    private final class Fetch {
        private final List<Map<String, String>> entities;
        private final long budgetMs;
        private final long latestNanos;
        private final boolean rehearsal;
        private final Consumer<GroupRead[][]> done;
        private final GroupRead[][] reads;
        private long timer = -1;
        private int open;
        private boolean ended;

        Fetch(
                List<Map<String, String>> entities,
                double budgetMs,
                long latestNanos,
                boolean rehearsal,
                Consumer<GroupRead[][]> done) {
            this.entities = entities;
            this.budgetMs = Math.max(1, (long) Math.ceil(budgetMs));
            this.latestNanos = latestNanos;
            this.rehearsal = rehearsal;
            this.done = done;
            this.reads = new GroupRead[entities.size()][plan.groups().size()];
            for (GroupRead[] r : reads) {
                Arrays.fill(r, GroupRead.FAILED);
            }
        }

        void start() {
            if (plan.groups().isEmpty() || !link.isUp()) {
                end();
                return;
            }
            // before the sends: a failure there ends the fetch at once
            await(budgetMs, false);
            open = entities.size() * byEntity.size();
            for (int e = 0; e < entities.size(); e++) {
                for (int[] groups : byEntity.values()) {
                    send(e, groups);
                }
            }
        }

        /**
         * The budget is the store's. A timer that comes late tells that this loop was held up (a collection, a compiler
         * that has the processor, a container that has used its share): the answer may wait in the socket by now, or the
         * request may only just have been written. Then the store gets its time once more, within the request's. And as the
         * loop may have been held up before the timer was due, it reads once more before it gives up.
         */
        private void await(long ms, boolean lastLook) {
            long begin = System.nanoTime();
            timer = vertx.setTimer(ms, t -> {
                long now = System.nanoTime();
                boolean heldUp = now - begin - ms * 1_000_000 > HELD_UP_NANOS;
                long left = (latestNanos - now) / 1_000_000;
                if (left < 1 || (lastLook && !heldUp)) {
                    end();
                } else if (heldUp) {
                    await(Math.min(budgetMs, left), false);
                } else {
                    await(1, true);
                }
            });
        }

        private void send(int entity, int[] groups) {
            Request mget = Request.cmd(Command.MGET);
            for (int g : groups) {
                GroupPlan group = plan.groups().get(g);
                List<String> ids = new ArrayList<>(group.entity().keys().size());
                group.entity().keys().forEach(k -> ids.add(entities.get(entity).getOrDefault(k.name(), "")));
                mget.arg(StoreKeys.value(ns, group.entity(), ids, group.group()));
            }
            link.send(mget).onComplete(reply -> {
                if (ended) {
                    return;
                }
                if (reply.succeeded()) {
                    decode(entity, groups, reply.result());
                }
                if (--open == 0) {
                    end();
                }
            });
        }

        private void decode(int entity, int[] groups, Response values) {
            long now = wallClock.getAsLong();
            Freshness known = freshness.get();
            for (int i = 0; i < groups.length; i++) {
                GroupPlan group = plan.groups().get(groups[i]);
                Response value = values.get(i);
                byte[] bytes = value != null ? value.toBytes() : rehearsal ? samples.get(groups[i]) : null;
                reads[entity][groups[i]] = bytes == null ? GroupRead.MISSING : read(group, bytes, known, now);
            }
        }

        private void end() {
            if (!ended) {
                ended = true;
                vertx.cancelTimer(timer);
                done.accept(reads);
            }
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
