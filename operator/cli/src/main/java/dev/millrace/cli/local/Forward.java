package dev.millrace.cli.local;

import dev.millrace.contract.config.ForwardConfig;
import dev.millrace.contract.config.Json;
import dev.millrace.contract.config.Kafka;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What a machine at the edge has found goes to a central Kafka. */
@Command(
        name = "forward",
        description =
                "Send the records of a topic on to another Kafka while the link to it is up; the topic waits while it is not."
                        + " Runs until Ctrl-C.",
        mixinStandardHelpOptions = true)
public final class Forward implements Callable<Integer> {
    private static final List<String> JVM = List.of("-Xmx128m", "-XX:+UseSerialGC");

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Option(
            names = "--from",
            paramLabel = "HOST:PORT",
            description = "The broker beside it, plain text. Default: 127.0.0.1:9092")
    private String from = "127.0.0.1:9092";

    @Option(names = "--to", paramLabel = "HOST:PORT", description = "The central one, plain text.")
    private @Nullable String to;

    @Option(names = "--topic", paramLabel = "NAME", description = "The same on both sides.")
    private @Nullable String topic;

    @Option(
            names = "--group",
            paramLabel = "NAME",
            description = "Under which the broker keeps how far it is. Default: <topic>-forward")
    private @Nullable String group;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "forward.json in place of all others, for brokers with TLS or passwords.")
    private @Nullable Path config;

    @Override
    public Integer call() throws Exception {
        if (config != null) {
            if (to != null || topic != null || group != null) {
                throw new ParameterException(
                        spec.commandLine(), "--config says all; leave out --to, --topic and --group");
            }
            return run(config);
        }
        if (to == null || topic == null) {
            throw new ParameterException(
                    spec.commandLine(), "--to and --topic are required, such as --to central:9092 --topic anomalies");
        }
        Path document = Files.createTempFile("millrace-forward", ".json");
        try {
            Files.writeString(
                    document,
                    Json.write(new ForwardConfig(
                            plain(from), plain(to), topic, group == null ? topic + "-forward" : group)));
            return run(document);
        } finally {
            Files.deleteIfExists(document);
        }
    }

    private static Kafka plain(String address) {
        return new Kafka(address, null, null, null, null);
    }

    private static int run(Path document) throws IOException, InterruptedException {
        LocalProcess process = LocalProcess.start(
                new LocalProcess.Spec(
                        "forward",
                        Home.find().lib("aggregator"),
                        "dev.millrace.aggregator.forward.Main",
                        JVM,
                        List.of("--config", document.toString()),
                        true),
                Path.of(""));
        try {
            return process.await();
        } finally {
            process.askToStop();
            process.awaitStop();
        }
    }
}
