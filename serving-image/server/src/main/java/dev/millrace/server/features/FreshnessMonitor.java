package dev.millrace.server.features;

import dev.millrace.contract.config.Store;
import dev.millrace.contract.store.BatchProgress;
import dev.millrace.contract.store.BatchRun;
import dev.millrace.contract.store.Heartbeat;
import dev.millrace.contract.store.StoreKeys;
import dev.millrace.server.features.Freshness.GroupFreshness;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Polls heartbeats and batch runs, so that a read needs no further look-up to know whether its value is stale. One per
 * process, on one event loop; {@link #current} may be read from any thread.
 */
public final class FreshnessMonitor {
    private static final long PERIOD_MS = 250;
    /** Five heartbeats: a pause of a collector is not an outage. */
    private static final long SILENT_MS = 1_000;

    private static final int MAX_PARTITIONS = 1024;

    private final Vertx vertx;
    private final StoreLink link;
    private final VectorPlan plan;
    private final String ns;
    private final Map<String, Seen> seen = new HashMap<>();
    private volatile Freshness current = Freshness.UNKNOWN;
    private boolean polling;

    /** A heartbeat and when this process saw it change: the clocks of two machines are not compared. */
    private record Seen(Heartbeat heartbeat, long changedNanos) {}

    public FreshnessMonitor(Vertx vertx, Store store, VectorPlan plan, String ns) {
        this.vertx = vertx;
        this.link = new StoreLink(vertx, store);
        this.plan = plan;
        this.ns = ns;
    }

    /** Call on the event loop that it shall live on. Completes with the first poll, whatever came of it. */
    public Future<Void> start() {
        vertx.setPeriodic(PERIOD_MS, t -> poll());
        return link.start().transform(connected -> poll());
    }

    public Freshness current() {
        return current;
    }

    private Future<Void> poll() {
        if (polling) {
            return Future.succeededFuture();
        }
        polling = true;
        Map<String, List<String>> keys = new HashMap<>();
        Request mget = Request.cmd(Command.MGET);
        List<String> order = new ArrayList<>();
        for (GroupPlan group : plan.groups()) {
            if (group.isStream()) {
                int partitions = Math.max(1, current.of(group).partitions());
                List<String> own = new ArrayList<>();
                for (int p = 0; p < partitions; p++) {
                    String key = StoreKeys.heartbeat(ns, group.group(), p);
                    own.add(key);
                    order.add(key);
                    mget.arg(key);
                }
                keys.put(group.name(), own);
            }
        }
        Future<@Nullable Response> heartbeats =
                order.isEmpty() ? Future.succeededFuture() : link.send(mget).map(r -> r);
        return heartbeats
                .compose(hb -> link.send(Request.cmd(Command.HGETALL).arg(StoreKeys.meta(ns)))
                        .map(meta -> {
                            for (int i = 0; hb != null && i < order.size(); i++) {
                                note(order.get(i), hb.get(i));
                            }
                            current = new Freshness(true, groups(keys, meta));
                            return meta;
                        }))
                .transform(done -> {
                    polling = false;
                    if (done.failed()) {
                        current = new Freshness(false, current.groups());
                    }
                    return Future.succeededFuture();
                });
    }

    private void note(String key, @Nullable Response reply) {
        Heartbeat heartbeat = reply == null ? null : Heartbeat.decode(reply.toString());
        if (heartbeat == null) {
            seen.remove(key);
            return;
        }
        Seen before = seen.get(key);
        if (before == null || !before.heartbeat().equals(heartbeat)) {
            seen.put(key, new Seen(heartbeat, System.nanoTime()));
        }
    }

    private Map<String, GroupFreshness> groups(Map<String, List<String>> keys, Response meta) {
        Map<String, GroupFreshness> groups = new HashMap<>();
        long now = System.nanoTime();
        for (GroupPlan group : plan.groups()) {
            Map<Integer, Heartbeat> alive = new HashMap<>();
            int partitions = 0;
            List<String> own = keys.getOrDefault(group.name(), List.of());
            Long maxLag = group.group().maxLagMs();
            long silentMs = Math.max(SILENT_MS, maxLag == null ? 0 : maxLag);
            for (int p = 0; p < own.size(); p++) {
                Seen s = seen.get(own.get(p));
                if (s != null) {
                    partitions = Math.max(
                            partitions, Math.min(MAX_PARTITIONS, s.heartbeat().partitions()));
                    if (now - s.changedNanos() <= silentMs * 1_000_000) {
                        alive.put(p, s.heartbeat());
                    }
                }
            }
            String run = group.name() + "." + group.group().revision();
            groups.put(
                    group.name(),
                    new GroupFreshness(
                            alive, partitions, number(meta, "batchEnd:" + run), lastRun(meta, run), load(meta, run)));
        }
        return groups;
    }

    private static @Nullable BatchRun lastRun(Response meta, String run) {
        Response value = meta.get("batchRun:" + run);
        return value == null ? null : BatchRun.decode(value.toString());
    }

    private static @Nullable BatchProgress load(Response meta, String run) {
        Response value = meta.get("batchLoad:" + run);
        return value == null ? null : BatchProgress.decode(value.toString());
    }

    private static long number(Response meta, String field) {
        try {
            Response value = meta.get(field);
            return value == null ? 0 : Long.parseLong(value.toString());
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    public void close() {
        link.close();
    }
}
