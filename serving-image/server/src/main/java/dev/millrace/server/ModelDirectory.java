package dev.millrace.server;

import dev.millrace.contract.config.ConfigException;
import dev.millrace.contract.config.ServingConfig;
import dev.millrace.contract.config.ServingConfig.Budget;
import dev.millrace.contract.config.ServingConfig.Model;
import dev.millrace.contract.config.ServingConfig.Server;
import dev.millrace.contract.config.ServingConfig.Slo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A server of one model file without a document: what KServe starts, which puts the file into a directory and knows nothing
 * of {@code serving.json}. Infer only; everything else that a document can say needs one.
 */
final class ModelDirectory {
    static final String USAGE =
            "--model-dir <directory> --name <name> [--version 1] [--rest-port 8080] [--grpc-port 8081]"
                    + " [--metrics-port 9090] [--host 0.0.0.0] [--latency-ms 1000] [--max-batch-size 32] [--instances <cores>]";

    /** {@code models/7/model.onnx}, as repositories for Triton have it, is found too. */
    private static final int DEPTH = 3;

    private static final int BATCHES_QUEUED = 16;

    private static final Map<String, String> DEFAULTS = Map.of(
            "--version", "1",
            "--rest-port", "8080",
            "--grpc-port", "8081",
            "--metrics-port", "9090",
            "--host", "0.0.0.0",
            "--latency-ms", "1000",
            "--max-batch-size", "32",
            "--instances", Integer.toString(Runtime.getRuntime().availableProcessors()));

    private ModelDirectory() {}

    /**
     * @throws ConfigException naming the argument
     */
    static ServingConfig config(List<String> args) throws IOException {
        Map<String, String> given = new HashMap<>(DEFAULTS);
        for (int i = 0; i < args.size(); i += 2) {
            String name = args.get(i);
            if (!DEFAULTS.containsKey(name) && !name.equals("--model-dir") && !name.equals("--name")) {
                throw new ConfigException(name + ": is no argument; they are " + USAGE);
            }
            if (i + 1 == args.size() || args.get(i + 1).isEmpty()) {
                throw new ConfigException(name + ": needs a value");
            }
            given.put(name, args.get(i + 1));
        }
        Path file = onlyModel(Path.of(text(given, "--model-dir")));
        int rows = number(given, "--max-batch-size", 1, 4096);
        int instances = number(given, "--instances", 1, 1024);
        int latencyMs = number(given, "--latency-ms", 1, 3_600_000);
        return new ServingConfig(
                "local",
                text(given, "--name"),
                "stable",
                new Model(file.toString(), text(given, "--version"), null, "onnx", List.of(), List.of()),
                new Slo("99.9", latencyMs, "99.9", new Budget(0, latencyMs / 2.0, latencyMs / 2.0, 0)),
                new Server(
                        number(given, "--rest-port", 0, 65_535),
                        number(given, "--grpc-port", 0, 65_535),
                        number(given, "--metrics-port", 0, 65_535),
                        text(given, "--host"),
                        instances,
                        rows,
                        0,
                        BATCHES_QUEUED * rows,
                        BATCHES_QUEUED * rows + instances * rows,
                        List.of("CPU"),
                        20_000),
                null,
                null,
                null,
                null,
                null,
                null,
                null);
    }

    private static String text(Map<String, String> given, String name) {
        String value = given.get(name);
        if (value == null) {
            throw new ConfigException(name + ": is missing; the arguments are " + USAGE);
        }
        return value;
    }

    private static int number(Map<String, String> given, String name, int least, int most) {
        String value = text(given, name);
        try {
            int n = Integer.parseInt(value);
            if (n >= least && n <= most) {
                return n;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new ConfigException(name + ": must be a number from " + least + " to " + most + ", is " + value);
    }

    private static Path onlyModel(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            throw new ConfigException("--model-dir: there is no directory " + directory);
        }
        List<Path> found;
        try (Stream<Path> files = Files.walk(directory, DEPTH, java.nio.file.FileVisitOption.FOLLOW_LINKS)) {
            found = files.filter(f -> f.toString().endsWith(".onnx") && Files.isRegularFile(f))
                    .sorted()
                    .toList();
        }
        if (found.size() != 1) {
            throw new ConfigException("--model-dir: " + directory + " must have exactly one .onnx file, has " + found);
        }
        return found.get(0);
    }
}
