package dev.millrace.devkit.sensors;

import dev.millrace.contract.config.FeatureGroup;
import dev.millrace.contract.config.FeatureGroup.Aggregation;
import dev.millrace.contract.config.FeatureGroup.Stream;
import dev.millrace.contract.feature.TileLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The stream features of {@code samples/anomaly-detection/model.yaml}, for the training set; a test compares the two. */
public final class SensorFeatures {
    private static final long MINUTE = 60_000;
    /** Enough to know a value that is repeated from one that came twice by chance. */
    private static final int LATEST = 6;

    public static final String READINGS = "readings";

    private SensorFeatures() {}

    /** The group {@code latest}: the last readings themselves. */
    public static FeatureGroup latest() {
        List<Aggregation> aggregations = new ArrayList<>();
        for (Sensor sensor : Sensor.values()) {
            aggregations.add(new Aggregation(
                    sensor.column(), "last_n", sensor.column(), MINUTE, Map.of("n", String.valueOf(LATEST)), "0"));
        }
        return group("latest", aggregations);
    }

    /** The group {@code recent}: averages, deviations and rates of change of the last minutes. */
    public static FeatureGroup recent() {
        List<Aggregation> aggregations = new ArrayList<>();
        aggregations.add(aggregation("count_1m", "count", null, MINUTE));
        for (Sensor sensor : Sensor.values()) {
            String column = sensor.column();
            aggregations.add(aggregation(column + "_avg_1m", "avg", column, MINUTE));
            aggregations.add(aggregation(column + "_stddev_1m", "stddev", column, MINUTE));
            aggregations.add(aggregation(column + "_rate_1m", "rate_of_change", column, MINUTE));
            aggregations.add(aggregation(column + "_min_1m", "min", column, MINUTE));
            aggregations.add(aggregation(column + "_max_1m", "max", column, MINUTE));
            aggregations.add(aggregation(column + "_avg_5m", "avg", column, 5 * MINUTE));
            aggregations.add(aggregation(column + "_stddev_5m", "stddev", column, 5 * MINUTE));
            aggregations.add(aggregation(column + "_rate_5m", "rate_of_change", column, 5 * MINUTE));
        }
        return group("recent", aggregations);
    }

    private static FeatureGroup group(String name, List<Aggregation> aggregations) {
        return new FeatureGroup(
                name,
                "machine",
                "0000",
                new Stream(READINGS, "json", "ts", "ms", 5_000, 10 * MINUTE, null, READINGS + ".anomaly-detection.dlq"),
                null,
                aggregations,
                List.of(),
                60 * MINUTE,
                10_000L,
                100L,
                null,
                "Default",
                "Serve");
    }

    private static Aggregation aggregation(String name, String function, @Nullable String column, long windowMs) {
        return new Aggregation(name, function, column, windowMs, Map.of(), "0");
    }

    /** The model's input, in order, as the spec names it: the reading itself, then what was before it. */
    public static List<String> vector() {
        List<String> vector = new ArrayList<>();
        for (Sensor sensor : Sensor.values()) {
            vector.add(sensor.column());
        }
        latest().aggregations().forEach(a -> vector.add("latest." + a.name()));
        recent().aggregations().forEach(a -> vector.add("recent." + a.name()));
        return vector;
    }

    /** Each place of the model's input: {@code latest.pressure} has as many as there are last readings. */
    public static List<String> places() {
        List<String> places = new ArrayList<>();
        for (Sensor sensor : Sensor.values()) {
            places.add(sensor.column());
        }
        for (FeatureGroup group : List.of(latest(), recent())) {
            TileLayout.of(group).features().forEach(feature -> places.add(group.name() + "." + feature));
        }
        return places;
    }
}
