package dev.millrace.bench;

import dev.millrace.contract.config.FeatureGroup;
import dev.millrace.contract.config.ServingConfig.Features;
import dev.millrace.contract.feature.ColumnCodec;
import dev.millrace.contract.store.StoreKeys;
import dev.millrace.server.features.FeatureFetcher;
import dev.millrace.server.features.Freshness;
import dev.millrace.server.features.GroupRead;
import dev.millrace.server.features.RowSource;
import dev.millrace.server.features.StoreObserver;
import dev.millrace.server.features.StoreReader;
import dev.millrace.server.features.VectorPlan;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;

/**
 * {@code FeatureReads <store port> <reads per second> <seconds>}: the server's own read of three groups of 400 bytes of
 * one entity, decoded, at a steady rate. Times are from the hand-over to the event loop, so that a read
 * that waits for the loop is late; the clock that makes them due is not in them.
 */
final class FeatureReads {
    private static final int USERS = 10_000;
    /** 32 bytes of header, a bit per column, 8 bytes per value. */
    private static final int COLUMNS = 46;

    private static final int WARM_UP_SECONDS = 5;

    private FeatureReads() {}

    public static void main(String[] args) throws InterruptedException {
        int port = Integer.parseInt(args[0]);
        int rate = Integer.parseInt(args[1]);
        int seconds = Integer.parseInt(args[2]);
        List<FeatureGroup> groups = List.of(
                FeatureGroups.columns("a", COLUMNS, "FP64"),
                FeatureGroups.columns("b", COLUMNS, "FP64"),
                FeatureGroups.columns("c", COLUMNS, "FP64"));
        String ns = StoreKeys.ns(FeatureGroups.NAMESPACE, FeatureGroups.MODEL);
        int bytes = fill(port, ns, groups);
        VectorPlan plan = VectorPlan.of(new Features(
                FeatureGroups.store(port),
                List.of(FeatureGroups.USER),
                groups,
                List.of(),
                groups.stream().map(g -> g.name() + ".c0").toList(),
                "Default",
                "Serve"));
        Vertx vertx =
                Vertx.vertx(new VertxOptions().setPreferNativeTransport(true).setEventLoopPoolSize(1));
        try {
            measure(vertx, plan, ns, port, rate, seconds, bytes);
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().join();
        }
    }

    private static int fill(int port, String ns, List<FeatureGroup> groups) {
        SplittableRandom random = new SplittableRandom(7);
        long now = System.currentTimeMillis();
        int bytes = 0;
        try (Jedis store = new Jedis("127.0.0.1", port)) {
            for (int i = 0; i < USERS; i += 500) {
                Pipeline pipeline = store.pipelined();
                for (int j = i; j < i + 500; j++) {
                    for (FeatureGroup group : groups) {
                        byte[] value = ColumnCodec.of(group)
                                .encode(
                                        1,
                                        now,
                                        now,
                                        now,
                                        random.doubles(COLUMNS).toArray());
                        bytes = value.length;
                        pipeline.set(key(ns, group, j).getBytes(StandardCharsets.UTF_8), value);
                    }
                }
                pipeline.sync();
            }
        }
        return bytes;
    }

    private static String key(String ns, FeatureGroup group, int user) {
        return StoreKeys.value(ns, FeatureGroups.USER, List.of(FeatureGroups.user(user)), group);
    }

    private static void measure(Vertx vertx, VectorPlan plan, String ns, int port, int rate, int seconds, int bytes)
            throws InterruptedException {
        int total = rate * (seconds + WARM_UP_SECONDS);
        long[] nanos = new long[total];
        CountDownLatch done = new CountDownLatch(total);
        CountDownLatch ready = new CountDownLatch(1);
        int[] failed = {0};
        var context = vertx.getOrCreateContext();
        FeatureFetcher[] fetcher = new FeatureFetcher[1];
        context.runOnContext(v -> {
            StoreReader reader = new StoreReader(vertx, FeatureGroups.store(port), 100, StoreObserver.NONE);
            fetcher[0] = new FeatureFetcher(
                    reader, plan, ns, () -> Freshness.UNKNOWN, RowSource.NONE, System::currentTimeMillis);
            reader.start().onComplete(c -> ready.countDown());
        });
        ready.await();
        SplittableRandom random = new SplittableRandom(11);
        long begin = System.nanoTime() + 10_000_000;
        for (int i = 0; i < total; i++) {
            long due = begin + (long) (i * 1e9 / rate);
            while (System.nanoTime() < due) {
                LockSupport.parkNanos(due - System.nanoTime());
            }
            int call = i;
            List<Map<String, String>> user = List.of(Map.of("user_id", FeatureGroups.user(random.nextInt(USERS))));
            long from = System.nanoTime();
            context.runOnContext(v -> {
                fetcher[0].fetch(user, 100, from + 100_000_000, false, reads -> {
                    nanos[call] = System.nanoTime() - from;
                    for (GroupRead read : reads[0]) {
                        failed[0] += read.values() == null ? 1 : 0;
                    }
                    done.countDown();
                });
            });
        }
        if (!done.await(60, TimeUnit.SECONDS)) {
            throw new IllegalStateException(done.getCount() + " reads never ended");
        }
        long[] measured = Arrays.copyOfRange(nanos, rate * WARM_UP_SECONDS, total);
        Arrays.sort(measured);
        FeatureGroups.print(
                "p50",
                ms(measured, 0.5),
                "p99",
                ms(measured, 0.99),
                "p999",
                ms(measured, 0.999),
                "failed",
                failed[0],
                "bytes",
                bytes);
    }

    private static double ms(long[] sorted, double share) {
        return Math.round(sorted[(int) (sorted.length * share)] / 1e4) / 100.0;
    }
}
