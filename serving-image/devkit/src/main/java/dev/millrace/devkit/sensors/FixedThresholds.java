package dev.millrace.devkit.sensors;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What the model is compared with: one lower and one upper bound for each sensor, the same for all machines. Fitted by
 * {@code train.py} to the readings that the model learned from.
 *
 * @param bounds by {@link Sensor#column()}: lower, upper
 */
public record FixedThresholds(Map<String, List<Double>> bounds) {
    /** Bounds as narrow as it takes to find as many faults as the model. */
    public static final String SAME_FAULTS_FOUND = "sameFaultsFound";
    /** Bounds as wide as it takes to have as few false alarms as the model. */
    public static final String SAME_FALSE_ALARMS = "sameFalseAlarms";

    /** The bounds of a {@code thresholds.json} by name. */
    public static Map<String, FixedThresholds> read(Path file) throws IOException {
        Map<String, Map<String, List<Double>>> all =
                new ObjectMapper().readValue(file.toFile(), new TypeReference<>() {});
        return Map.of(
                SAME_FAULTS_FOUND, of(all, SAME_FAULTS_FOUND),
                SAME_FALSE_ALARMS, of(all, SAME_FALSE_ALARMS));
    }

    private static FixedThresholds of(Map<String, Map<String, List<Double>>> all, String name) throws IOException {
        Map<String, List<Double>> bounds = all.get(name);
        if (bounds == null) {
            throw new IOException("there are no thresholds " + name);
        }
        for (Sensor sensor : Sensor.values()) {
            List<Double> pair = bounds.get(sensor.column());
            if (pair == null || pair.size() != 2) {
                throw new IOException("thresholds " + name + " have no two bounds of " + sensor.column());
            }
        }
        return new FixedThresholds(bounds);
    }

    /** Whether any sensor is beyond its bounds. */
    public boolean alarm(Reading reading) {
        for (Sensor sensor : Sensor.values()) {
            List<Double> pair = bounds.getOrDefault(sensor.column(), List.of(0.0, 0.0));
            double value = reading.value(sensor);
            if (value < pair.get(0) || value > pair.get(1)) {
                return true;
            }
        }
        return false;
    }
}
