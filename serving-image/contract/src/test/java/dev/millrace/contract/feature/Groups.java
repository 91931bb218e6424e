package dev.millrace.contract.feature;

import dev.millrace.contract.config.FeatureGroup;
import dev.millrace.contract.config.FeatureGroup.Aggregation;
import dev.millrace.contract.config.FeatureGroup.Column;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Feature groups and events for tests. */
final class Groups {
    static final long MINUTE = 60_000;
    static final long HOUR = 60 * MINUTE;
    static final long DAY = 24 * HOUR;
    static final long MAX_FUTURE = 5_000;
    static final long LATENESS = 10 * MINUTE;

    private Groups() {}

    static FeatureGroup stream(List<Aggregation> aggregations) {
        return new FeatureGroup(
                "purchases",
                "customer",
                "7f3a",
                new FeatureGroup.Stream("purchases", "json", "ts", "ms", MAX_FUTURE, LATENESS, null, "dlq"),
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

    /** Stream and batch; the stream keeps twice as much as the batch may be old. */
    static FeatureGroup hybrid(List<Aggregation> aggregations, long maxAgeMs) {
        FeatureGroup stream = stream(aggregations);
        return new FeatureGroup(
                "spend",
                stream.entity(),
                "11c0",
                stream.stream(),
                new FeatureGroup.Batch("spend.parquet", "parquet", "ts"),
                aggregations,
                List.of(),
                stream.ttlMs(),
                stream.maxLagMs(),
                null,
                maxAgeMs,
                "Default",
                "Serve");
    }

    static FeatureGroup batch(List<Column> columns) {
        return new FeatureGroup(
                "profile",
                "customer",
                "01ab",
                null,
                new FeatureGroup.Batch("profile.csv", "csv", null),
                List.of(),
                columns,
                36 * HOUR,
                null,
                null,
                26 * HOUR,
                "Default",
                "Serve");
    }

    static long halfLifeMs(long windowMs) {
        return windowMs / 10_000 * 1000;
    }

    static Aggregation aggregation(String name, String function, @Nullable String column, long windowMs) {
        Map<String, String> args =
                switch (function) {
                    case "first_n", "last_n" -> Map.of("n", "3");
                    case "approx_count_distinct" -> Map.of("lgK", "8");
                    case "approx_percentile" -> Map.of("q", "0.9");
                    case "decayed_sum" -> Map.of("halfLifeMs", Long.toString(halfLifeMs(windowMs)));
                    default -> Map.of();
                };
        return new Aggregation(name, function, column, windowMs, args, "-1");
    }

    /** One event with two columns: a number that may be null, and a text. Columns by name, as the aggregator finds them. */
    record Event(long time, double amount, String merchant) {
        boolean hasAmount() {
            return !Double.isNaN(amount);
        }

        EventColumns columns(TileLayout layout) {
            List<String> names = layout.columns();
            return new EventColumns() {
                @Override
                public double number(int column) {
                    return amount;
                }

                @Override
                public long hash(int column) {
                    return names.get(column).equals("merchant") ? ValueHash.of(merchant) : ValueHash.of(amount);
                }

                @Override
                public boolean isNull(int column) {
                    return names.get(column).equals("amount") && Double.isNaN(amount);
                }
            };
        }
    }
}
