package dev.millrace.bench;

import dev.millrace.aggregator.sink.RedisStoreClient;
import dev.millrace.aggregator.sink.StoreClient;
import dev.millrace.aggregator.sink.StoreConnections;
import dev.millrace.aggregator.sink.StoreUnavailableException;
import dev.millrace.aggregator.sink.StoreWrite;
import dev.millrace.aggregator.sink.ValueWrite;
import dev.millrace.contract.config.FeatureGroup;
import dev.millrace.contract.feature.ColumnCodec;
import dev.millrace.contract.feature.TileLayout;
import dev.millrace.contract.feature.TileState;
import dev.millrace.contract.store.StoreKeys;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntFunction;
import redis.clients.jedis.Jedis;

/**
 * {@code StoreFigures <store port> writes|memory}: versioned writes of 400 bytes through the aggregator's own client, and
 * what the store keeps for an entity, by {@code used_memory}, with the aggregator's own writes (key, value, TTL).
 */
final class StoreFigures {
    private static final int PIPELINE = 256;
    private static final int WRITES = 400_000;
    private static final int KEYS = 50_000;
    private static final int ENTITIES = 100_000;
    private static final long TTL = 8 * 86_400_000L;
    private static final long MINUTE = 60_000;

    private final Jedis admin;
    private final StoreClient client;
    private final String ns = StoreKeys.ns(FeatureGroups.NAMESPACE, FeatureGroups.MODEL);

    private StoreFigures(Jedis admin, StoreClient client) {
        this.admin = admin;
        this.client = client;
    }

    public static void main(String[] args) throws StoreUnavailableException {
        int port = Integer.parseInt(args[0]);
        String meta = StoreKeys.meta(StoreKeys.ns(FeatureGroups.NAMESPACE, FeatureGroups.MODEL));
        try (Jedis admin = new Jedis("127.0.0.1", port, 60_000);
                StoreClient client = new RedisStoreClient(
                        new StoreConnections(FeatureGroups.store(port)), meta, ValueWrite.NATIVE)) {
            StoreFigures figures = new StoreFigures(admin, client);
            if (args[1].equals("writes")) {
                figures.writes();
            } else {
                figures.memory();
            }
        }
    }

    /** Each write is of a newer version than the one there: all are written. */
    private void writes() throws StoreUnavailableException {
        byte[] value = new byte[400];
        long version = 0;
        double best = 0;
        double bestRate = 0;
        for (int run = 0; run < 5; run++) {
            double cpu = storeSeconds();
            long begin = System.nanoTime();
            int written = 0;
            for (int i = 0; i < WRITES; i += PIPELINE) {
                List<StoreWrite> batch = new ArrayList<>(PIPELINE);
                for (int j = i; j < i + PIPELINE; j++) {
                    byte[] own = value.clone();
                    // where the script looks for the version
                    ByteBuffer.wrap(own).putLong(0, ++version);
                    batch.add(new StoreWrite("bench:w:" + j % KEYS, own, TTL));
                }
                for (StoreClient.Result result : client.write(batch).results()) {
                    written += result == StoreClient.Result.WRITTEN ? 1 : 0;
                }
            }
            double seconds = (System.nanoTime() - begin) / 1e9;
            if (written < WRITES) {
                throw new IllegalStateException("only " + written + " were written");
            }
            best = Math.max(best, written / (storeSeconds() - cpu));
            bestRate = Math.max(bestRate, written / seconds);
        }
        FeatureGroups.print("perCoreSecond", Math.round(best), "perSecond", Math.round(bestRate), "pipeline", PIPELINE);
    }

    private void memory() throws StoreUnavailableException {
        long now = System.currentTimeMillis();
        SplittableRandom random = new SplittableRandom(3);
        for (String datatype : List.of("FP32", "FP64")) {
            FeatureGroup profile = FeatureGroups.columns("profile", 20, datatype);
            ColumnCodec codec = ColumnCodec.of(profile);
            row(
                    "batch group, 20 columns " + datatype,
                    profile,
                    i -> codec.encode(1, now, now, now, random.doubles(20).toArray()));
        }
        for (long[] ring : new long[][] {{5 * MINUTE}, {60 * MINUTE}, {1440 * MINUTE}}) {
            FeatureGroup group = FeatureGroups.streamed("ring", "7f3a", ring);
            String name = ring[0] / MINUTE + " min, count sum avg min max";
            row(name + ", one event", group, i -> tiles(group, 1, ring[0], now, random));
            row(name + ", 8 events", group, i -> tiles(group, 8, ring[0], now, random));
            row(name + ", every tile", group, i -> tiles(group, 200, ring[0], now, random));
        }
    }

    /** Events spread evenly over the window. */
    private static byte[] tiles(FeatureGroup group, int events, long window, long now, SplittableRandom random) {
        TileState state = TileState.empty(TileLayout.of(group));
        for (int i = 0; i < events; i++) {
            double amount = Math.round(random.nextDouble(1, 500) * 100) / 100.0;
            state.apply(0, i, now - (events - 1 - i) * (window / events), new Amount(amount));
        }
        return state.toValue(1, now, 0);
    }

    private void row(String name, FeatureGroup group, IntFunction<byte[]> value) throws StoreUnavailableException {
        admin.flushAll();
        int count = name.contains("every") ? ENTITIES / 10 : ENTITIES;
        long before = info("memory", "used_memory");
        int bytes = 0;
        for (int i = 0; i < count; i += PIPELINE) {
            List<StoreWrite> batch = new ArrayList<>(PIPELINE);
            for (int j = i; j < Math.min(count, i + PIPELINE); j++) {
                byte[] v = value.apply(j);
                bytes = v.length;
                batch.add(new StoreWrite(
                        StoreKeys.value(ns, FeatureGroups.USER, List.of(FeatureGroups.user(j)), group), v, TTL));
            }
            client.write(batch);
        }
        long kept = admin.dbSize();
        FeatureGroups.print(
                "name", "\"" + name + "\"", "value", bytes, "stored", (info("memory", "used_memory") - before) / kept);
    }

    private double storeSeconds() {
        return number("cpu", "used_cpu_user") + number("cpu", "used_cpu_sys");
    }

    private long info(String section, String field) {
        return (long) number(section, field);
    }

    private double number(String section, String field) {
        return admin.info(section)
                .lines()
                .filter(line -> line.startsWith(field + ":"))
                .mapToDouble(line ->
                        Double.parseDouble(line.substring(field.length() + 1).strip()))
                .findFirst()
                .orElseThrow();
    }
}
