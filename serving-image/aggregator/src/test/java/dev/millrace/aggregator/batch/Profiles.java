package dev.millrace.aggregator.batch;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.contract.config.AggregatorConfig;
import dev.millrace.contract.config.Entity;
import dev.millrace.contract.config.FeatureGroup;
import dev.millrace.contract.config.FeatureGroup.Column;
import dev.millrace.contract.config.Json;
import dev.millrace.contract.config.Store;
import dev.millrace.contract.feature.ColumnCodec;
import dev.millrace.contract.feature.ValueHeader;
import dev.millrace.contract.store.BatchProgress;
import dev.millrace.contract.store.BatchRun;
import dev.millrace.contract.store.StoreKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.Response;

/** A group of one column, its files, and what must become of them. */
final class Profiles {
    static final String NS = "payments.fraud";
    private static final Entity CUSTOMER =
            new Entity("customer", List.of(new Entity.EntityKey("customer_id", "STRING")));

    /** Every so many rows cannot be used. */
    static final int BAD_EVERY = 1_000;

    /** The value that each customer must have: of several rows the last one. */
    final Map<String, Double> oracle = new TreeMap<>();

    long good;
    long bad;
    private final int customers;

    /** @param customers ids come round after so many rows */
    Profiles(int customers) {
        this.customers = customers;
    }

    /** Files of a run, rows numbered through them. */
    void write(Path dir, int files, int rowsEach) throws IOException {
        Files.createDirectories(dir);
        for (int f = 0; f < files; f++) {
            StringBuilder csv = new StringBuilder("customer_id,spend\n");
            for (int r = 0; r < rowsEach; r++) {
                int row = f * rowsEach + r;
                String id = "c-" + row % customers;
                if (row % BAD_EVERY == BAD_EVERY - 1) {
                    csv.append(id).append(",much\n");
                    bad++;
                } else {
                    csv.append(id).append(',').append(row).append(".5\n");
                    oracle.put(id, row + 0.5);
                    good++;
                }
            }
            Files.writeString(dir.resolve("part-" + f + ".csv"), csv);
        }
    }

    static FeatureGroup group(String path, FeatureGroup.@Nullable Access access) {
        return new FeatureGroup(
                "profile",
                "customer",
                "ab12",
                null,
                new FeatureGroup.Batch(path, "csv", null, access),
                List.of(),
                List.of(new Column("spend", "FP64", "0")),
                129_600_000,
                null,
                null,
                null,
                "Default",
                "Serve");
    }

    static FeatureGroup.Batch batch(String path, FeatureGroup.@Nullable Access access) {
        return Objects.requireNonNull(group(path, access).batch());
    }

    static AggregatorConfig config(String storeAddress, FeatureGroup group, Path scratch) {
        return new AggregatorConfig(
                "payments",
                "fraud",
                null,
                new Store(storeAddress, null, null, null),
                List.of(CUSTOMER),
                List.of(group),
                0,
                "127.0.0.1",
                1,
                scratch.toString());
    }

    static String key(FeatureGroup group, String customer) {
        return StoreKeys.value(NS, CUSTOMER, List.of(customer), group);
    }

    /** What the store holds of the customers of the oracle. */
    Map<String, Double> read(Jedis jedis, FeatureGroup group) {
        Map<String, Double> values = new TreeMap<>();
        ColumnCodec codec = ColumnCodec.of(group);
        double[] out = new double[codec.width()];
        raw(jedis, group).forEach((id, value) -> {
            if (codec.decode(value, out, 0)) {
                values.put(id, out[0]);
            }
        });
        return values;
    }

    /** The versions that its values have. */
    List<Long> versions(Jedis jedis, FeatureGroup group) {
        return raw(jedis, group).values().stream()
                .map(value -> Objects.requireNonNull(ValueHeader.of(value)).seq())
                .distinct()
                .toList();
    }

    private Map<String, byte[]> raw(Jedis jedis, FeatureGroup group) {
        Map<String, Response<byte[]>> asked = new TreeMap<>();
        try (Pipeline pipeline = jedis.pipelined()) {
            oracle.keySet()
                    .forEach(id -> asked.put(id, pipeline.get(key(group, id).getBytes(UTF_8))));
        }
        Map<String, byte[]> values = new TreeMap<>();
        asked.forEach((id, response) -> {
            if (response.get() != null) {
                values.put(id, response.get());
            }
        });
        return values;
    }

    static @Nullable BatchRun record(Jedis jedis) {
        String record = jedis.hget(StoreKeys.meta(NS), "batchRun:profile.ab12");
        return record == null ? null : BatchRun.decode(record);
    }

    static @Nullable BatchProgress progress(Jedis jedis) {
        String progress = jedis.hget(StoreKeys.meta(NS), "batchLoad:profile.ab12");
        return progress == null ? null : BatchProgress.decode(progress);
    }

    /** How far a worker of a run is; null = it has said nothing. */
    static @Nullable Part part(Jedis jedis, FeatureGroup group, String run, int index) {
        String part = jedis.hget(StoreKeys.batchRun(NS, group, run), "part:" + index);
        return part == null ? null : Json.readStatus(part, Part.class);
    }

    /** Lines of a list as one text. */
    static String joined(List<String> lines) {
        return String.join("\n", new ArrayList<>(lines));
    }
}
