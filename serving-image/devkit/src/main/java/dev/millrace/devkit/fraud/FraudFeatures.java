package dev.millrace.devkit.fraud;

import dev.millrace.contract.config.FeatureGroup;
import dev.millrace.contract.config.FeatureGroup.Aggregation;
import dev.millrace.contract.config.FeatureGroup.Stream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The stream features of {@code samples/fraud/model.yaml}, for the training set. A test of the cli compares the two, for a
 * model is only as good as its serving features are equal to its training features.
 */
public final class FraudFeatures {
    private static final long MINUTE = 60_000;
    private static final long HOUR = 60 * MINUTE;
    private static final long DAY = 24 * HOUR;

    /** Fields of the request, first in the vector. */
    public static final List<String> REQUEST = List.of("amount", "card_present", "foreign");

    /** Columns of the group {@code profile}, last in the vector. */
    public static final List<String> PROFILE =
            List.of("avg_30d_spend", "account_age_days", "chargebacks_1y", "home_risk");

    private FraudFeatures() {}

    /** The group {@code purchases}. */
    public static FeatureGroup purchases() {
        return new FeatureGroup(
                "purchases",
                "customer",
                "0000",
                new Stream(
                        "purchases", "json", "ts", "ms", 5_000, 10 * MINUTE, "status == 'OK'", "purchases.fraud.dlq"),
                null,
                List.of(
                        aggregation("count_5m", "count", null, 5 * MINUTE),
                        aggregation("count_1h", "count", null, HOUR),
                        aggregation("count_1d", "count", null, DAY),
                        aggregation("sum_5m", "sum", "amount", 5 * MINUTE),
                        aggregation("sum_1h", "sum", "amount", HOUR),
                        aggregation("sum_1d", "sum", "amount", DAY),
                        aggregation("avg_1h", "avg", "amount", HOUR),
                        aggregation("avg_1d", "avg", "amount", DAY),
                        aggregation("merchants_5m", "approx_count_distinct", "merchant_id", 5 * MINUTE),
                        aggregation("merchants_1h", "approx_count_distinct", "merchant_id", HOUR),
                        aggregation("merchants_1d", "approx_count_distinct", "merchant_id", DAY),
                        aggregation("max_1d", "max", "amount", DAY)),
                List.of(),
                2 * DAY,
                2_000L,
                100L,
                null,
                "Default",
                "Serve");
    }

    private static Aggregation aggregation(String name, String function, @Nullable String column, long windowMs) {
        return new Aggregation(name, function, column, windowMs, Map.of(), "0");
    }

    /** The model's input, in order. */
    public static List<String> vector() {
        List<String> vector = new ArrayList<>(REQUEST);
        purchases().aggregations().forEach(a -> vector.add("purchases." + a.name()));
        PROFILE.forEach(column -> vector.add("profile." + column));
        return vector;
    }
}
