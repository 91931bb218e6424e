package dev.millrace.devkit;

import dev.millrace.devkit.sensors.SensorSet;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Writes the anomaly sample's training set, or the set of machines that training does not see. */
@Command(
        name = "sensor-set",
        mixinStandardHelpOptions = true,
        description =
                "Simulate machines and write what an anomaly model learns from: readings, windows, the truth, as CSV.")
final class SensorSetCommand implements Callable<Integer> {
    @Option(names = "--out", required = true, description = "CSV file to write")
    Path out = Path.of("readings.csv");

    @Option(names = "--held-out", description = "machines that the training set does not have")
    boolean heldOut;

    @Option(names = "--machines", defaultValue = "60")
    int machines;

    @Option(names = "--seconds", defaultValue = "7200", description = "of each machine, one reading a second")
    int seconds;

    @Option(names = "--seed", defaultValue = "11")
    long seed;

    @Override
    public Integer call() throws IOException {
        try (Writer writer = Files.newBufferedWriter(out, StandardCharsets.UTF_8)) {
            SensorSet.write(writer, seed, heldOut ? SensorSet.HELD_OUT : 0, machines, SensorSet.START_MS, seconds);
        }
        return 0;
    }
}
