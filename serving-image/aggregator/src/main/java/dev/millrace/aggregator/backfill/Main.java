package dev.millrace.aggregator.backfill;

import dev.millrace.aggregator.batch.FileTables;
import dev.millrace.aggregator.batch.SourceException;
import dev.millrace.contract.config.ConfigException;
import dev.millrace.contract.config.Json;
import dev.millrace.contract.config.ServingConfig;
import dev.millrace.contract.config.ServingConfig.Features;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * {@code --config serving.json --labels PATH --label-time COLUMN --events GROUP=PATH … [--known-at GROUP=COLUMN …]}, then
 * {@code --out FILE [--workers N]} for a whole training set, or {@code --part I/N --out DIRECTORY} for one worker's part of
 * it, {@code part-I.parquet}, with the label's place in the column {@code millrace_row}.
 *
 * <p>Exit codes: 0 written, 1 the files cannot be read, 2 the document or the command line cannot be honoured.
 */
public final class Main {
    private static final int SOURCE = 1;
    private static final int USAGE = 2;

    private Main() {}

    public static void main(String[] args) {
        System.exit(run(args, System.out::println));
    }

    /** Gives the exit code. */
    static int run(String[] args, Consumer<String> out) {
        try {
            Options options = Options.of(args);
            Backfill.Outcome outcome = options.isPart() ? part(options, out) : whole(options, out);
            out.accept(options.out + ": rows=" + outcome.rows() + " rejectedEvents=" + outcome.rejectedEvents());
            return 0;
        } catch (SourceException | IOException | UncheckedIOException e) {
            return fail(SOURCE, e);
        } catch (ConfigException | IllegalArgumentException e) {
            return fail(USAGE, e);
        }
    }

    private static int fail(int code, Exception e) {
        System.err.println("millrace-backfill: " + e.getMessage());
        return code;
    }

    private static Backfill.Outcome part(Options options, Consumer<String> out) throws SourceException, IOException {
        Files.createDirectories(options.out);
        Path scratch = Files.createTempDirectory("millrace-backfill");
        try {
            return new Backfill(options.features, options.inputs, options.part, options.workers, out)
                    .write(options.out.resolve(String.format("part-%05d.parquet", options.part)), scratch);
        } finally {
            delete(scratch);
        }
    }

    /** All parts side by side, then one file of them, in the order of the labels. */
    private static Backfill.Outcome whole(Options options, Consumer<String> out) throws SourceException, IOException {
        Path scratch = Files.createTempDirectory("millrace-backfill");
        ExecutorService executor = Executors.newFixedThreadPool(options.workers);
        try {
            List<Future<Backfill.Outcome>> parts = new ArrayList<>();
            for (int i = 0; i < options.workers; i++) {
                int worker = i;
                Path own = Files.createDirectory(scratch.resolve("worker-" + i));
                Backfill backfill = new Backfill(
                        options.features,
                        options.inputs,
                        worker,
                        options.workers,
                        // every worker reads all events and would tell the same
                        line -> {
                            if (worker == 0) {
                                out.accept(line);
                            }
                        });
                parts.add(executor.submit(() -> backfill.write(own.resolve("part.parquet"), own)));
            }
            long rows = 0;
            long rejected = 0;
            for (Future<Backfill.Outcome> part : parts) {
                Backfill.Outcome outcome = await(part);
                rows += outcome.rows();
                rejected = Math.max(rejected, outcome.rejectedEvents());
            }
            merge(scratch, options.out);
            return new Backfill.Outcome(rows, rejected);
        } finally {
            executor.shutdownNow();
            delete(scratch);
        }
    }

    private static Backfill.Outcome await(Future<Backfill.Outcome> part) throws SourceException {
        try {
            return part.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof SourceException source) {
                throw source;
            }
            if (e.getCause() instanceof RuntimeException runtime) {
                throw runtime;
            }
            throw new SourceException("a worker failed: " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SourceException("interrupted", e);
        }
    }

    /** Written beside it and moved, so that a file under its name is whole. */
    private static void merge(Path scratch, Path out) throws SourceException, IOException {
        Path unfinished = Path.of(out + ".unfinished");
        try (Connection connection = FileTables.open(null, scratch);
                Statement statement = connection.createStatement()) {
            statement.execute("COPY (SELECT * EXCLUDE (" + Backfill.ROW + ") FROM read_parquet("
                    + FileTables.literal(scratch + "/worker-*/part.parquet") + ") ORDER BY " + Backfill.ROW + ") TO "
                    + FileTables.literal(unfinished.toString()) + " (FORMAT parquet)");
        } catch (SQLException e) {
            throw new SourceException(String.valueOf(e.getMessage()), e);
        }
        Files.move(unfinished, out, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }

    /** The command line. */
    private static final class Options {
        final Features features;
        final Inputs inputs;
        final Path out;
        final int part;
        final int workers;

        private Options(Features features, Inputs inputs, Path out, int part, int workers) {
            this.features = features;
            this.inputs = inputs;
            this.out = out;
            this.part = part;
            this.workers = workers;
        }

        boolean isPart() {
            return part >= 0;
        }

        static Options of(String[] args) throws IOException {
            Map<String, String> single = new TreeMap<>();
            Map<String, Path> events = new TreeMap<>();
            Map<String, String> knownAt = new TreeMap<>();
            for (int i = 0; i < args.length; i += 2) {
                if (i + 1 == args.length) {
                    throw new ConfigException(args[i] + " needs a value");
                }
                switch (args[i]) {
                    case "--events" -> {
                        String[] pair = pair(args[i], args[i + 1]);
                        events.put(pair[0], Path.of(pair[1]));
                    }
                    case "--known-at" -> {
                        String[] pair = pair(args[i], args[i + 1]);
                        knownAt.put(pair[0], pair[1]);
                    }
                    case "--config", "--labels", "--label-time", "--out", "--workers", "--part" ->
                        single.put(args[i], args[i + 1]);
                    default -> throw new ConfigException("there is no option " + args[i]);
                }
            }
            Path document = needed(single, "--config");
            Path labels = needed(single, "--labels");
            Path out = needed(single, "--out");
            ServingConfig config = Json.read(Files.readString(document), ServingConfig.class);
            Features features = config.features();
            if (features == null) {
                throw new ConfigException("the model has no features: there is nothing to look up for a label");
            }
            if (config.candidates() != null) {
                throw new ConfigException(
                        "a model that ranks takes many items to a call: its training sets are not supported");
            }
            String part = single.get("--part");
            String[] place =
                    part == null ? new String[] {"-1", single.getOrDefault("--workers", "1")} : part.split("/", -1);
            if (place.length != 2) {
                throw new ConfigException("--part " + part + " must be I/N, like 0/8");
            }
            int workers = Integer.parseInt(place[1]);
            int index = Integer.parseInt(place[0]);
            if (workers < 1 || index >= workers || part != null && index < 0) {
                throw new ConfigException(
                        part == null ? "--workers must be 1 or more" : "--part " + part + ": I is from 0 to N-1");
            }
            return new Options(
                    features,
                    new Inputs(labels, single.getOrDefault("--label-time", "event_time"), events, knownAt),
                    out,
                    index,
                    workers);
        }

        private static Path needed(Map<String, String> given, String option) {
            String value = given.get(option);
            if (value == null) {
                throw new ConfigException(option + " is missing");
            }
            return Path.of(value);
        }

        private static String[] pair(String option, String value) {
            int equals = value.indexOf('=');
            if (equals < 1 || equals == value.length() - 1) {
                throw new ConfigException(option + " " + value + " must be GROUP=…");
            }
            return new String[] {value.substring(0, equals), value.substring(equals + 1)};
        }
    }
}
