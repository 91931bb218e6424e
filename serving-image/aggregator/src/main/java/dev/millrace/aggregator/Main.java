package dev.millrace.aggregator;

import dev.millrace.contract.config.AggregatorConfig;
import dev.millrace.contract.config.ConfigException;
import dev.millrace.contract.config.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/**
 * {@code dev.millrace.aggregator.Main --config aggregator.json}. Runs until SIGTERM. Exit code 2 and one line on stderr for
 * a document that cannot be honoured; anything that can come back (Kafka, store, topic) is waited for.
 */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        try {
            if (args.length != 2 || !args[0].equals("--config")) {
                throw new ConfigException("usage: dev.millrace.aggregator.Main --config aggregator.json");
            }
            run(Aggregator.start(read(Path.of(args[1]))));
        } catch (ConfigException | IllegalArgumentException | IOException e) {
            System.err.println("millrace-aggregator: " + e.getMessage());
            System.exit(2);
        }
    }

    /** @throws ConfigException naming the file, the field and the line */
    public static AggregatorConfig read(Path file) {
        try {
            return Json.read(Files.readString(file, StandardCharsets.UTF_8), AggregatorConfig.class);
        } catch (IOException e) {
            throw new ConfigException("cannot read " + file + ": " + e.getMessage(), e);
        } catch (ConfigException e) {
            throw new ConfigException(file + ": " + e.getMessage(), e);
        }
    }

    /** Says where it listens, and waits for the signal. */
    static void run(Aggregator aggregator) {
        CountDownLatch stopped = new CountDownLatch(1);
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            aggregator.close();
                            stopped.countDown();
                        },
                        "stop"));
        System.out.println("millrace-aggregator ready metrics=" + aggregator.metricsPort());
        System.out.flush();
        try {
            stopped.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
