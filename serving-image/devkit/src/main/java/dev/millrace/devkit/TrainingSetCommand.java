package dev.millrace.devkit;

import dev.millrace.devkit.fraud.Population;
import dev.millrace.devkit.fraud.TrainingSet;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Writes the fraud sample's training set and profile. */
@Command(
        name = "training-set",
        mixinStandardHelpOptions = true,
        description = "Simulate purchases and write what a model learns from: vector and label as CSV.")
final class TrainingSetCommand implements Callable<Integer> {
    /** 2026-01-01T00:00:00Z: any fixed time, so that equal seeds give equal files. */
    private static final long START_MS = 1_767_225_600_000L;

    @Option(names = "--out", required = true, description = "CSV file to write")
    Path out = Path.of("training.csv");

    @Option(names = "--profile", description = "also write the customers' profile to this CSV file")
    @Nullable
    Path profile;

    @Option(names = "--rows", defaultValue = "300000")
    long rows;

    @Option(names = "--seed", defaultValue = "11", description = "of the purchases; the customers are the sample's")
    long seed;

    @Option(names = "--pace", defaultValue = "1", description = "1: the customers' natural pace")
    double pace;

    @Override
    public Integer call() throws IOException {
        Population population = Population.sample();
        if (profile != null) {
            try (Writer writer = Files.newBufferedWriter(profile, StandardCharsets.UTF_8)) {
                population.writeProfile(writer);
            }
        }
        TrainingSet.Summary summary;
        try (Writer writer = Files.newBufferedWriter(out, StandardCharsets.UTF_8)) {
            summary = new TrainingSet(population, seed).write(writer, START_MS, pace, rows);
        }
        System.out.printf(
                "%s: %d rows, %.2f %% fraud%n", out, summary.rows(), 100.0 * summary.frauds() / summary.rows());
        return 0;
    }
}
