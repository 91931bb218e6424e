package dev.millrace.bench;

import dev.millrace.contract.config.Entity;
import dev.millrace.contract.config.Entity.EntityKey;
import dev.millrace.contract.config.FeatureGroup;
import dev.millrace.contract.config.FeatureGroup.Aggregation;
import dev.millrace.contract.config.FeatureGroup.Batch;
import dev.millrace.contract.config.FeatureGroup.Column;
import dev.millrace.contract.config.Json;
import dev.millrace.contract.config.ServingConfig;
import dev.millrace.contract.config.ServingConfig.Budget;
import dev.millrace.contract.config.ServingConfig.Candidates;
import dev.millrace.contract.config.ServingConfig.Features;
import dev.millrace.contract.config.ServingConfig.Model;
import dev.millrace.contract.config.ServingConfig.Ranking;
import dev.millrace.contract.config.ServingConfig.RequestField;
import dev.millrace.contract.config.ServingConfig.Server;
import dev.millrace.contract.config.ServingConfig.Slo;
import dev.millrace.contract.config.Store;
import dev.millrace.contract.feature.ColumnCodec;
import dev.millrace.contract.feature.TileLayout;
import dev.millrace.contract.feature.TileState;
import dev.millrace.contract.store.StoreKeys;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;

/**
 * What the figures of predict are measured on: {@code Stand <folder of the models> <store port>} writes {@code
 * predict.json} and {@code rank.json} (server documents without ports) into the folder, and the values of 10 000 users
 * and 5 000 items into the store.
 */
public final class Stand {
    private static final int USERS = 10_000;
    private static final int ITEMS = 5_000;
    private static final int EVENTS = 40;
    private static final int CANDIDATES = 500;
    private static final long HOUR = 3_600_000;

    private static final Entity USER = new Entity("user", List.of(new EntityKey("user_id", "STRING")));
    private static final Entity ITEM = new Entity("item", List.of(new EntityKey("item_id", "STRING")));

    private static final FeatureGroup PURCHASES =
            streamed("purchases", "user", "count_1h", "count_1d", "sum_1h", "sum_1d", "avg_1d", "max_1d");
    private static final FeatureGroup LOGINS = streamed("logins", "user", "count_1h", "count_1d", "max_1d");
    private static final FeatureGroup PROFILE = loaded("profile", 8);
    private static final FeatureGroup VIEWS = streamed("views", "item", "count_1h", "count_1d", "sum_1d");

    private Stand() {}

    public static void main(String[] args) throws IOException {
        Path folder = Path.of(args[0]);
        int port = Integer.parseInt(args[1]);
        long now = System.currentTimeMillis();
        List<FeatureGroup> ofUser = List.of(PURCHASES, LOGINS, PROFILE);
        List<FeatureGroup> all = List.of(PURCHASES, LOGINS, PROFILE, VIEWS);
        try (Jedis store = new Jedis("127.0.0.1", port)) {
            fill(store, "predict", USER, USERS, ofUser, now);
            fill(store, "rank", USER, USERS, ofUser, now);
            fill(store, "rank", ITEM, ITEMS, List.of(VIEWS), now);
        }
        Files.writeString(folder.resolve("predict.json"), Json.write(document(folder, "predict", port, ofUser, null)));
        Files.writeString(
                folder.resolve("rank.json"),
                Json.write(document(folder, "rank", port, all, new Candidates("item", CANDIDATES))));
    }

    private static void fill(Jedis store, String model, Entity entity, int count, List<FeatureGroup> groups, long now) {
        SplittableRandom random = new SplittableRandom(7);
        String ns = StoreKeys.ns("bench", model);
        for (int i = 0; i < count; i += 500) {
            Pipeline pipeline = store.pipelined();
            for (int j = i; j < i + 500; j++) {
                for (FeatureGroup group : groups) {
                    String key = StoreKeys.value(ns, entity, List.of(entity.name() + "-" + j), group);
                    byte[] value = group.stream() == null ? columns(group, random, now) : tiles(group, random, now);
                    pipeline.set(key.getBytes(StandardCharsets.UTF_8), value);
                }
            }
            pipeline.sync();
        }
    }

    /** Events of the last day. */
    private static byte[] tiles(FeatureGroup group, SplittableRandom random, long now) {
        TileState state = TileState.empty(TileLayout.of(group));
        for (int i = 0; i < EVENTS; i++) {
            double amount = random.nextDouble(1, 500);
            state.apply(0, i, now - (EVENTS - i) * (24 * HOUR / EVENTS), new Amount(amount));
        }
        return state.toValue(1, now, 0);
    }

    private static byte[] columns(FeatureGroup group, SplittableRandom random, long now) {
        return ColumnCodec.of(group)
                .encode(1, now, now, now, random.doubles(group.columns().size()).toArray());
    }

    private static ServingConfig document(
            Path folder, String name, int port, List<FeatureGroup> groups, @Nullable Candidates candidates) {
        List<String> vector = new ArrayList<>(List.of("amount"));
        for (FeatureGroup group : groups) {
            group.aggregations().forEach(a -> vector.add(group.name() + "." + a.name()));
            group.columns().forEach(c -> vector.add(group.name() + "." + c.name()));
        }
        return new ServingConfig(
                "bench",
                name,
                "stable",
                new Model(folder.resolve(name + ".onnx").toString(), "1", null, "onnx", List.of(), List.of()),
                new Slo("99", 200, "99.9", new Budget(80, 80, 180, 1)),
                new Server(0, 0, 0, "127.0.0.1", 2, candidates == null ? 1 : 64, 0, 1024, 1024, List.of("CPU"), 1_000),
                null,
                new Features(
                        new Store("redis://127.0.0.1:" + port, null, null, null),
                        candidates == null ? List.of(USER) : List.of(USER, ITEM),
                        groups,
                        List.of(new RequestField("amount", "FP32", false, "1")),
                        vector,
                        "Default",
                        "Serve"),
                null,
                null,
                null,
                null,
                null,
                candidates,
                candidates == null ? null : new Ranking(10, null, -1, null, List.of()),
                null,
                null);
    }

    /** {@code count_1h}: function and window. */
    private static FeatureGroup streamed(String name, String entity, String... features) {
        List<Aggregation> aggregations = new ArrayList<>();
        for (String feature : features) {
            String function = feature.substring(0, feature.indexOf('_'));
            aggregations.add(new Aggregation(
                    feature,
                    function,
                    function.equals("count") ? null : "amount",
                    feature.endsWith("1h") ? HOUR : 24 * HOUR,
                    Map.of(),
                    "0"));
        }
        FeatureGroup.Stream stream =
                new FeatureGroup.Stream(name, "json", "ts", "ms", 5_000, 600_000, null, name + ".dlq");
        return new FeatureGroup(
                name,
                entity,
                "7f3a",
                stream,
                null,
                aggregations,
                List.of(),
                192 * HOUR,
                null,
                null,
                null,
                "Default",
                "Serve");
    }

    private static FeatureGroup loaded(String name, int columns) {
        List<Column> list = new ArrayList<>();
        for (int i = 0; i < columns; i++) {
            list.add(new Column("c" + i, "FP32", "0"));
        }
        return new FeatureGroup(
                name,
                "user",
                "0b1c",
                null,
                new Batch("/none", "csv", null),
                List.of(),
                list,
                192 * HOUR,
                null,
                null,
                null,
                "Default",
                "Serve");
    }
}
