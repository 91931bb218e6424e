package dev.millrace.devkit.sensors;

import java.util.List;
import java.util.Locale;

/**
 * A machine's three sensors at one time.
 *
 * @param values by {@link Sensor#ordinal()}
 * @param fault numbers the faults of a machine from 1; 0 = none. Faults are found or missed, readings only tell of them
 */
public record Reading(String machineId, long sequence, long ts, List<Double> values, Truth truth, int fault) {

    public double value(Sensor sensor) {
        return values.get(sensor.ordinal());
    }

    /** The record's value in the topic. */
    public String toJson() {
        return String.format(
                Locale.ROOT,
                "{\"id\":\"%s-%d\",\"machine_id\":\"%s\",\"temperature\":%.2f,\"pressure\":%.3f,\"vibration\":%.3f,\"ts\":%d}",
                machineId,
                sequence,
                machineId,
                value(Sensor.TEMPERATURE),
                value(Sensor.PRESSURE),
                value(Sensor.VIBRATION),
                ts);
    }
}
