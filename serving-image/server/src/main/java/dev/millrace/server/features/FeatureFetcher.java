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
 * Reads all groups of an entity with one MGET and ends when all replies are in or the budget is over, whichever is first;
 * a reply that comes later is drained and dropped. Belongs to one event loop.
 */
public final class FeatureFetcher {
    private final Vertx vertx;
    private final StoreLink link;
    private final VectorPlan plan;
    private final String ns;
    private final Supplier<Freshness> freshness;
    private final LongSupplier wallClock;
    /** Groups by entity, so that each entity costs one MGET. */
    private final Map<String, int[]> byEntity = new LinkedHashMap<>();

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
     * @param done told once, on this event loop, with one array per prediction: one read per group
     */
    public void fetch(List<Map<String, String>> entities, double budgetMs, Consumer<GroupRead[][]> done) {
        new Fetch(entities, done).start(budgetMs);
    }

    private final class Fetch {
        private final List<Map<String, String>> entities;
        private final Consumer<GroupRead[][]> done;
        private final GroupRead[][] reads;
        private long timer = -1;
        private int open;
        private boolean ended;

        Fetch(List<Map<String, String>> entities, Consumer<GroupRead[][]> done) {
            this.entities = entities;
            this.done = done;
            this.reads = new GroupRead[entities.size()][plan.groups().size()];
            for (GroupRead[] r : reads) {
                Arrays.fill(r, GroupRead.FAILED);
            }
        }

        void start(double budgetMs) {
            if (plan.groups().isEmpty() || !link.isUp()) {
                end();
                return;
            }
            // before the sends: a failure there ends the fetch at once
            timer = vertx.setTimer(Math.max(1, (long) Math.ceil(budgetMs)), t -> end());
            open = entities.size() * byEntity.size();
            for (int e = 0; e < entities.size(); e++) {
                for (int[] groups : byEntity.values()) {
                    send(e, groups);
                }
            }
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
                Response value = values.get(i);
                reads[entity][groups[i]] = value == null
                        ? GroupRead.MISSING
                        : read(plan.groups().get(groups[i]), value.toBytes(), known, now);
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
