package dev.millrace.devkit.sensors;

import java.util.SplittableRandom;

/**
 * One sensor's fault, at one of its seconds.
 *
 * @param kind SPIKE, DRIFT or STUCK
 * @param size in the sensor's noise: of a spike, or of a drift's end
 * @param lasts seconds
 * @param age seconds since it began
 */
record Fault(Truth kind, Sensor sensor, double size, int lasts, int age) {
    /** So long the windows of a minute contain what is over. */
    static final int REMEMBERED_SECONDS = 65;
    /** Nobody can tell a stuck sensor by fewer equal readings, as chance repeats some. */
    private static final int STUCK_FOR = 10;
    /** Nobody can tell a smaller drift from the machine's wandering. */
    private static final double DRIFTED_BY = 5;

    static Fault draw(SplittableRandom random) {
        Sensor sensor = Sensor.values()[random.nextInt(3)];
        double sign = random.nextBoolean() ? 1 : -1;
        return switch (random.nextInt(3)) {
            case 0 -> new Fault(Truth.SPIKE, sensor, sign * random.nextDouble(8, 20), random.nextInt(1, 5), 0);
            case 1 -> new Fault(Truth.DRIFT, sensor, sign * random.nextDouble(15, 40), random.nextInt(120, 300), 0);
            default -> new Fault(Truth.STUCK, sensor, 0, random.nextInt(60, 180), 0);
        };
    }

    Fault later() {
        return new Fault(kind, sensor, size, lasts, age + 1);
    }

    boolean ends() {
        return age + 1 >= lasts;
    }

    /** What it adds to the value, in the sensor's noise. */
    double offset() {
        return switch (kind) {
            case SPIKE -> size;
            case DRIFT -> size * (age + 1) / lasts;
            default -> 0;
        };
    }

    Truth truth() {
        boolean sure =
                switch (kind) {
                    case STUCK -> age >= STUCK_FOR;
                    case DRIFT -> Math.abs(offset()) >= DRIFTED_BY;
                    default -> true;
                };
        return sure ? kind : Truth.UNSURE;
    }
}
