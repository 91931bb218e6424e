package dev.millrace.devkit.shop;

import dev.millrace.contract.config.FeatureGroup;
import dev.millrace.contract.config.FeatureGroup.Aggregation;
import dev.millrace.contract.config.FeatureGroup.Stream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The stream features of {@code samples/recommendations/model.yaml}, for the training set; a test compares the two. */
public final class ShopFeatures {
    private static final long MINUTE = 60_000;
    private static final long HOUR = 60 * MINUTE;
    private static final long DAY = 24 * HOUR;

    public static final String BROWSING = "browsing";
    public static final String ITEM_EVENTS = "item-events";

    /** Columns of the group {@code catalogue} in the vector. */
    static final List<String> CATALOGUE = List.of("category", "price", "rating");

    private ShopFeatures() {}

    /** Of a user: weighted events of each category in the last hours, and what they usually look at costs. */
    public static FeatureGroup interests() {
        List<Aggregation> aggregations = new ArrayList<>();
        for (int c = 0; c < Item.CATEGORIES; c++) {
            aggregations.add(aggregation("c" + c + "_3h", "sum", "c" + c, 3 * HOUR));
        }
        aggregations.add(new Aggregation("price_1d", "avg", "price", DAY, Map.of(), "25"));
        return group("interests", "user", BROWSING, aggregations);
    }

    /** Of an item: what all users do with it. */
    public static FeatureGroup demand() {
        return group(
                "demand",
                "item",
                ITEM_EVENTS,
                List.of(
                        aggregation("views_1h", "sum", "view", HOUR),
                        aggregation("views_1d", "sum", "view", DAY),
                        aggregation("carts_1d", "sum", "cart", DAY),
                        aggregation("purchases_1d", "sum", "purchase", DAY)));
    }

    private static Aggregation aggregation(String name, String function, String column, long windowMs) {
        return new Aggregation(name, function, column, windowMs, Map.of(), "0");
    }

    private static FeatureGroup group(String name, String entity, String topic, List<Aggregation> aggregations) {
        return new FeatureGroup(
                name,
                entity,
                "0000",
                new Stream(topic, "json", "ts", "ms", 5_000, 10 * MINUTE, null, topic + ".recommendations.dlq"),
                null,
                aggregations,
                List.of(),
                2 * DAY,
                5 * MINUTE,
                250L,
                null,
                "Default",
                "Serve");
    }

    /** The model's input, in order. */
    public static List<String> vector() {
        List<String> vector = new ArrayList<>();
        CATALOGUE.forEach(column -> vector.add("catalogue." + column));
        demand().aggregations().forEach(a -> vector.add("demand." + a.name()));
        interests().aggregations().forEach(a -> vector.add("interests." + a.name()));
        return vector;
    }
}
