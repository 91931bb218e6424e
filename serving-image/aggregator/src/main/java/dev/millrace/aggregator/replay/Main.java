package dev.millrace.aggregator.replay;

import dev.millrace.aggregator.backfill.VectorNames;
import dev.millrace.aggregator.batch.SourceException;
import dev.millrace.contract.config.ConfigException;
import dev.millrace.contract.config.Entity;
import dev.millrace.contract.config.Json;
import dev.millrace.contract.config.Kafka;
import dev.millrace.contract.config.ServingConfig;
import dev.millrace.contract.config.ServingConfig.Features;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * {@code --config serving.json --out FILE [--labels PATH] [--since TIME] [--until TIME] [--log FILE | --kafka HOST:PORT]
 * [--topic NAME]}. Without {@code --log} it reads the topic of the document's logger.
 *
 * <p>Exit codes: 0 written, 1 the log or the files cannot be read, 2 the document or the command line cannot be honoured.
 */
public final class Main {
    private static final int SOURCE = 1;
    private static final int USAGE = 2;
    private static final Set<String> OPTIONS =
            Set.of("--config", "--out", "--labels", "--since", "--until", "--log", "--kafka", "--topic");

    private Main() {}

    public static void main(String[] args) {
        System.exit(run(args, System.out::println));
    }

    /** Gives the exit code. */
    static int run(String[] args, Consumer<String> out) {
        try {
            Map<String, String> options = options(args);
            Replay.Outcome outcome = replay(options);
            out.accept(options.get("--out") + ": rows=" + outcome.rows() + " logged=" + outcome.logged()
                    + " ofAnotherVector=" + outcome.foreign());
            return 0;
        } catch (SourceException | IOException | UncheckedIOException e) {
            return fail(SOURCE, e);
        } catch (ConfigException | IllegalArgumentException e) {
            return fail(USAGE, e);
        }
    }

    private static int fail(int code, Exception e) {
        System.err.println("millrace-replay: " + e.getMessage());
        return code;
    }

    private static Replay.Outcome replay(Map<String, String> options) throws SourceException, IOException {
        ServingConfig config = Json.read(Files.readString(Path.of(needed(options, "--config"))), ServingConfig.class);
        Path out = Path.of(needed(options, "--out"));
        Features features = config.features();
        if (features == null || config.candidates() != null) {
            throw new ConfigException("the model " + (features == null ? "has no features" : "ranks")
                    + ": its log holds no vectors to learn from");
        }
        long since = time(options, "--since", 0);
        long until = time(options, "--until", Long.MAX_VALUE);
        List<String> keys = features.entities().stream()
                .flatMap(entity -> entity.keys().stream())
                .map(Entity.EntityKey::name)
                .distinct()
                .toList();
        Path scratch = Files.createTempDirectory("millrace-replay");
        try (Replay replay = new Replay(VectorNames.of(features), keys, scratch)) {
            String log = options.get("--log");
            if (log == null) {
                Topic.read(
                        kafka(config, options), topic(config, options), since, json -> replay.take(json, since, until));
            } else {
                try (Stream<String> lines = Files.lines(Path.of(log))) {
                    for (String json : (Iterable<String>) lines::iterator) {
                        replay.take(json, since, until);
                    }
                }
            }
            String labels = options.get("--labels");
            return replay.write(labels == null ? null : Path.of(labels), out);
        } finally {
            try (Stream<Path> all = Files.walk(scratch)) {
                for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(path);
                }
            }
        }
    }

    private static Kafka kafka(ServingConfig config, Map<String, String> options) {
        String address = options.get("--kafka");
        if (address != null) {
            return new Kafka(address, null, null, null, null);
        }
        Kafka kafka = config.kafka();
        if (kafka == null) {
            throw new ConfigException("the model has no spec.kafka: give --kafka HOST:PORT or --log FILE");
        }
        return kafka;
    }

    private static String topic(ServingConfig config, Map<String, String> options) {
        String topic = options.get("--topic");
        ServingConfig.Logger logger = config.logger();
        if (topic != null) {
            return topic;
        }
        if (logger == null) {
            throw new ConfigException("the model has no spec.logger: give --topic NAME or --log FILE");
        }
        return logger.topic();
    }

    private static long time(Map<String, String> options, String option, long otherwise) {
        String text = options.get(option);
        try {
            return text == null ? otherwise : Instant.parse(text).toEpochMilli();
        } catch (DateTimeException e) {
            throw new ConfigException(option + " " + text + ": must be a time like 2026-11-28T00:00:00Z", e);
        }
    }

    private static String needed(Map<String, String> options, String option) {
        String value = options.get(option);
        if (value == null) {
            throw new ConfigException(option + " is missing");
        }
        return value;
    }

    private static Map<String, String> options(String[] args) {
        Map<String, String> options = new TreeMap<>();
        for (int i = 0; i < args.length; i += 2) {
            @Nullable String value = i + 1 < args.length ? args[i + 1] : null;
            if (!OPTIONS.contains(args[i]) || value == null) {
                throw new ConfigException(value == null ? args[i] + " needs a value" : "there is no option " + args[i]);
            }
            options.put(args[i], value);
        }
        return options;
    }
}
