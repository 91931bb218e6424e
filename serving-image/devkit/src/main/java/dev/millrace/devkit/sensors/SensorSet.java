package dev.millrace.devkit.sensors;

import java.io.IOException;
import java.io.Writer;

/** Simulates machines and writes what the server would have seen at each reading, and the truth. */
public final class SensorSet {
    /** 2026-01-01T00:00:00Z: any fixed time, so that equal seeds give equal files. */
    public static final long START_MS = 1_767_225_600_000L;

    /** Machines that training never sees have these numbers. */
    public static final int HELD_OUT = 10_000;

    /** Mean time between two faults of a machine in sets. */
    public static final double CALM_SECONDS = 300;

    private SensorSet() {}

    /** One row of a set. */
    public interface Row {
        void accept(Reading reading, float[] vector) throws IOException;
    }

    /**
     * Every reading of these machines, one machine after the other.
     *
     * @param first number of the first machine
     */
    public static void each(long seed, int first, int machines, long startMs, int seconds, Row row) throws IOException {
        for (int number = first; number < first + machines; number++) {
            MachineStream stream = new MachineStream(seed, number, startMs, CALM_SECONDS);
            SensorWindows windows = new SensorWindows(seed * 31 + number);
            for (int second = 0; second < seconds; second++) {
                Reading reading = stream.next();
                row.accept(reading, windows.next(reading));
            }
        }
    }

    /** CSV: machine, second, truth, fault, vector. */
    public static void write(Writer out, long seed, int first, int machines, long startMs, int seconds)
            throws IOException {
        out.write("machine,second,truth,fault," + String.join(",", SensorFeatures.places()) + "\n");
        each(seed, first, machines, startMs, seconds, (reading, vector) -> {
            StringBuilder line = new StringBuilder(320)
                    .append(reading.machineId())
                    .append(',')
                    .append(reading.sequence())
                    .append(',')
                    .append(reading.truth())
                    .append(',')
                    .append(reading.fault());
            for (float value : vector) {
                line.append(',').append(value);
            }
            out.write(line.append('\n').toString());
        });
    }
}
