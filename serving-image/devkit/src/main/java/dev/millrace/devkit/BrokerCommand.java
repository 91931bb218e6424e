package dev.millrace.devkit;

import dev.millrace.devkit.broker.EmbeddedBroker;
import dev.millrace.devkit.broker.EmbeddedBroker.Topic;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs a broker until the process is told to stop. */
@Command(name = "broker", mixinStandardHelpOptions = true, description = "Run a Kafka broker (KRaft) until stopped.")
final class BrokerCommand implements Callable<Integer> {
    @Option(names = "--port", defaultValue = "0", description = "0: any free one")
    int port;

    @Option(names = "--host", defaultValue = "127.0.0.1", description = "address to bind")
    String host = "127.0.0.1";

    @Option(names = "--advertised-host", description = "name that clients connect to; default: the bound address")
    @Nullable
    String advertisedHost;

    @Option(names = "--dir", description = "where to keep the log; default: a scratch directory, deleted at the end")
    @Nullable
    Path dir;

    @Option(names = "--topic", description = "name or name:partitions; may be repeated")
    List<String> topics = new ArrayList<>();

    @Option(names = "--setting", description = "a broker setting as name=value; may be repeated")
    Map<String, String> settings = new HashMap<>();

    @Override
    public Integer call() throws InterruptedException {
        EmbeddedBroker.Options options = new EmbeddedBroker.Options(
                host, advertisedHost == null ? host : advertisedHost, port, dir, settings, List.of());
        EmbeddedBroker broker =
                EmbeddedBroker.start(options, topics.stream().map(Topic::parse).toList());
        Runtime.getRuntime().addShutdownHook(new Thread(broker::close, "stop-broker"));
        System.out.println("millrace-broker ready bootstrap=" + broker.bootstrapServers());
        new CountDownLatch(1).await();
        return 0;
    }
}
