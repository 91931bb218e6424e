package dev.millrace.devkit.sensors;

import java.util.Locale;

/** What a machine measures of itself. */
public enum Sensor {
    /** °C; follows the load slowly, and the day. */
    TEMPERATURE(100),
    /** bar; follows the load within seconds. */
    PRESSURE(1_000),
    /** mm/s; follows the load at once. */
    VIBRATION(1_000);

    private final double steps;

    /** @param steps of its display in one unit */
    Sensor(double steps) {
        this.steps = steps;
    }

    /** Its field in the JSON, and the column of its features. */
    public String column() {
        return name().toLowerCase(Locale.ROOT);
    }

    double round(double value) {
        return Math.round(value * steps) / steps;
    }
}
