package dev.millrace.server;

import dev.millrace.contract.config.FeatureGroup;
import dev.millrace.contract.config.FeatureGroup.Aggregation;
import dev.millrace.contract.config.FeatureGroup.Batch;
import dev.millrace.contract.config.FeatureGroup.Column;
import dev.millrace.contract.config.FeatureGroup.Stream;
import dev.millrace.contract.config.Kafka;
import dev.millrace.contract.config.ServingConfig;
import dev.millrace.contract.config.ServingConfig.Budget;
import dev.millrace.contract.config.ServingConfig.Features;
import dev.millrace.contract.config.ServingConfig.Logger;
import dev.millrace.contract.config.ServingConfig.Model;
import dev.millrace.contract.config.ServingConfig.RequestField;
import dev.millrace.contract.config.ServingConfig.Server;
import dev.millrace.contract.config.ServingConfig.Slo;
import dev.millrace.contract.config.ServingConfig.Threshold;
import dev.millrace.contract.config.Store;
import dev.millrace.contract.feature.ColumnCodec;
import dev.millrace.contract.feature.EventColumns;
import dev.millrace.contract.feature.TileLayout;
import dev.millrace.contract.feature.TileState;
import dev.millrace.contract.store.StoreKeys;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream.Builder;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;

/** The fraud sample's document and a store full of its customers: as wide as a real one, with the budgets of a real one. */
final class FraudSpec {
    static final int CUSTOMERS = 200;
    private static final long DAY_MS = 86_400_000;

    private FraudSpec() {}

    static ServingConfig config(String store, @Nullable Kafka kafka) {
        Path model = Path.of("../../samples/fraud/model.onnx").toAbsolutePath().normalize();
        return new ServingConfig(
                "test",
                "fraud",
                "stable",
                new Model(model.toString(), "1", null, "onnx", List.of(), List.of()),
                new Slo("99.9", 50, "99.9", new Budget(5, 5, 20, 2)),
                new Server(0, 0, 0, "127.0.0.1", 1, 1, 0, 512, 513, List.of("CPU"), 3_000),
                kafka,
                new Features(
                        new Store(store, null, null, null),
                        List.of(Specs.CUSTOMER),
                        List.of(purchases(), profile()),
                        List.of(
                                new RequestField("amount", "FP32", true, null),
                                new RequestField("card_present", "FP32", false, "1"),
                                new RequestField("foreign", "FP32", false, "0")),
                        vector(),
                        "Default",
                        "Serve"),
                null,
                new Threshold("probabilities", 1, 0.5, List.of("approve", "review")),
                Specs.fallback(
                        "ModelUnavailable",
                        "Timeout",
                        "Overload",
                        "FeatureStoreUnavailable",
                        "FeatureMissing",
                        "FeatureStale"),
                kafka == null ? null : new Logger("predictions", 100, "all"),
                null);
    }

    private static List<String> vector() {
        Builder<String> names = java.util.stream.Stream.builder();
        names.add("amount").add("card_present").add("foreign");
        purchases().aggregations().forEach(a -> names.add("purchases." + a.name()));
        profile().columns().forEach(c -> names.add("profile." + c.name()));
        return names.build().toList();
    }

    private static FeatureGroup purchases() {
        List<Aggregation> aggregations = new ArrayList<>();
        for (String[] f : new String[][] {{"count", null}, {"sum", "amount"}, {"avg", "amount"}}) {
            aggregations.add(new Aggregation(f[0] + "_5m", f[0], f[1], 300_000, Map.of(), "0"));
            aggregations.add(new Aggregation(f[0] + "_1h", f[0], f[1], 3_600_000, Map.of(), "0"));
            aggregations.add(new Aggregation(f[0] + "_1d", f[0], f[1], DAY_MS, Map.of(), "0"));
        }
        for (long window : new long[] {3_600_000, DAY_MS}) {
            aggregations.add(new Aggregation(
                    "merchants_" + window, "approx_count_distinct", "merchant_id", window, Map.of(), "0"));
        }
        aggregations.add(new Aggregation("max_1d", "max", "amount", DAY_MS, Map.of(), "0"));
        return new FeatureGroup(
                "purchases",
                "customer",
                "7f3a",
                new Stream("purchases", "json", "ts", "ms", 5_000, 600_000, null, "purchases.fraud.dlq"),
                null,
                aggregations,
                List.of(),
                2 * DAY_MS,
                2_000L,
                100L,
                null,
                "Default",
                "Serve");
    }

    private static FeatureGroup profile() {
        return new FeatureGroup(
                "profile",
                "customer",
                "0b1c",
                null,
                new Batch("/none", "csv", null),
                List.of(),
                List.of(
                        new Column("avg_30d_spend", "FP32", "30"),
                        new Column("account_age_days", "FP32", "0"),
                        new Column("chargebacks_1y", "FP32", "0"),
                        new Column("home_risk", "FP32", "0.5")),
                2 * DAY_MS,
                null,
                null,
                26 * 3_600_000L,
                "Default",
                "Serve");
    }

    static String customer(int i) {
        return "c-" + i % CUSTOMERS;
    }

    /** A day of purchases and a profile for each customer. */
    static void fill(int port) {
        SplittableRandom random = new SplittableRandom(7);
        TileLayout layout = TileLayout.of(purchases());
        ColumnCodec codec = ColumnCodec.of(profile());
        String ns = StoreKeys.ns("test", "fraud");
        long now = System.currentTimeMillis();
        try (Jedis jedis = new Jedis("127.0.0.1", port, 5_000);
                Pipeline pipe = jedis.pipelined()) {
            for (int c = 0; c < CUSTOMERS; c++) {
                TileState state = TileState.empty(layout);
                for (int i = 0; i < 40; i++) {
                    state.apply(0, i, now - DAY_MS + (i + 1) * DAY_MS / 40, event(random));
                }
                pipe.set(key(ns, c, purchases()), state.toValue(1, now, 0));
                pipe.set(key(ns, c, profile()), codec.encode(1, now, now, now, new double[] {42, 700, 0, 0.3}));
            }
            pipe.sync();
        }
    }

    private static byte[] key(String ns, int customer, FeatureGroup group) {
        return StoreKeys.value(ns, Specs.CUSTOMER, List.of(customer(customer)), group)
                .getBytes(StandardCharsets.UTF_8);
    }

    private static EventColumns event(SplittableRandom random) {
        double amount = 1 + random.nextDouble() * 100;
        long merchant = random.nextLong();
        return new EventColumns() {
            @Override
            public double number(int column) {
                return amount;
            }

            @Override
            public long hash(int column) {
                return merchant;
            }

            @Override
            public boolean isNull(int column) {
                return false;
            }
        };
    }
}
