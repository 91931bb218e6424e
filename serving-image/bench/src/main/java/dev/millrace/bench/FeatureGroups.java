package dev.millrace.bench;

import dev.millrace.contract.config.AggregatorConfig;
import dev.millrace.contract.config.Entity;
import dev.millrace.contract.config.Entity.EntityKey;
import dev.millrace.contract.config.FeatureGroup;
import dev.millrace.contract.config.FeatureGroup.Aggregation;
import dev.millrace.contract.config.FeatureGroup.Batch;
import dev.millrace.contract.config.FeatureGroup.Column;
import dev.millrace.contract.config.Json;
import dev.millrace.contract.config.Kafka;
import dev.millrace.contract.config.Store;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The groups that features are measured on. {@code FeatureGroups <bootstrap> <store port> <group> <revision> <folder>}
 * writes {@code aggregator.json} for {@code wide} (5 windows x 5 functions) or {@code one} (a count of the last hour).
 */
final class FeatureGroups {
    static final String NAMESPACE = "bench";
    static final String MODEL = "features";
    static final String TOPIC = "purchases";
    static final Entity USER = new Entity("user", List.of(new EntityKey("user_id", "STRING")));
    private static final long MINUTE = 60_000;
    private static final long HOUR = 60 * MINUTE;
    private static final long DAY = 24 * HOUR;

    private FeatureGroups() {}

    public static void main(String[] args) throws IOException {
        Path folder = Path.of(args[4]);
        AggregatorConfig config = new AggregatorConfig(
                NAMESPACE,
                MODEL,
                new Kafka(args[0], null, null, null, null),
                store(Integer.parseInt(args[1])),
                List.of(USER),
                List.of(streamed(args[2], args[3])),
                0,
                "127.0.0.1",
                1,
                folder.resolve("state").toString());
        Files.writeString(folder.resolve("aggregator.json"), Json.write(config));
    }

    static Store store(int port) {
        return new Store("redis://127.0.0.1:" + port, null, null, null);
    }

    static FeatureGroup streamed(String name, String revision) {
        return name.equals("wide")
                ? streamed(name, revision, 5 * MINUTE, HOUR, 6 * HOUR, DAY, 7 * DAY)
                : stream(name, revision, List.of(new Aggregation("count_1h", "count", null, HOUR, Map.of(), "0")));
    }

    /** Count, sum, mean, smallest and largest of each window. */
    static FeatureGroup streamed(String name, String revision, long... windows) {
        List<Aggregation> aggregations = new ArrayList<>();
        for (long window : windows) {
            for (String function : List.of("count", "sum", "avg", "min", "max")) {
                aggregations.add(new Aggregation(
                        function + "_" + window / MINUTE + "m",
                        function,
                        function.equals("count") ? null : "amount",
                        window,
                        Map.of(),
                        "0"));
            }
        }
        return stream(name, revision, aggregations);
    }

    private static FeatureGroup stream(String name, String revision, List<Aggregation> aggregations) {
        return new FeatureGroup(
                name,
                USER.name(),
                revision,
                new FeatureGroup.Stream(TOPIC, "json", "ts", "ms", 5_000, 600_000, null, name + ".dlq"),
                null,
                aggregations,
                List.of(),
                8 * DAY,
                2_000L,
                10L,
                null,
                "Default",
                "Serve");
    }

    static FeatureGroup columns(String name, int columns, String datatype) {
        List<Column> list = new ArrayList<>();
        for (int i = 0; i < columns; i++) {
            list.add(new Column("c" + i, datatype, "0"));
        }
        return new FeatureGroup(
                name,
                USER.name(),
                "0b1c",
                null,
                new Batch("/none", "csv", null),
                List.of(),
                list,
                8 * DAY,
                null,
                null,
                null,
                "Default",
                "Serve");
    }

    static String user(int i) {
        return "user-" + i;
    }

    static String event(int user, double amount, long timeMs) {
        return String.format(
                Locale.ROOT,
                "{\"user_id\":\"%s\",\"merchant_id\":\"m-%d\",\"amount\":%.2f,\"status\":\"OK\",\"ts\":%d}",
                user(user),
                user % 97,
                amount,
                timeMs);
    }

    /** In the order of the arguments; for the script that started this. */
    static void print(@Nullable Object... namesAndValues) {
        StringBuilder json = new StringBuilder("{");
        for (int i = 0; i < namesAndValues.length; i += 2) {
            json.append(i == 0 ? "" : ",")
                    .append('"')
                    .append(namesAndValues[i])
                    .append("\":")
                    .append(namesAndValues[i + 1]);
        }
        System.out.println(json.append('}'));
    }
}
