package dev.millrace.devkit.broker;

import dev.millrace.devkit.machine.Ports;
import dev.millrace.devkit.machine.TempDir;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.Feature;
import org.apache.kafka.server.common.MetadataVersion;
import org.jspecify.annotations.Nullable;

/**
 * One Kafka broker and controller in this JVM (KRaft, combined roles), ready about 3 s after {@link #start()}.
 *
 * <p>Its data lives in a scratch directory that {@link #close()} deletes.
 */
public final class EmbeddedBroker implements AutoCloseable {
    private static final long READY_SECONDS = 60;

    private final Path dir;
    private final boolean ownsDir;
    private final KafkaRaftServer server;
    private final String bootstrapServers;

    private EmbeddedBroker(Path dir, boolean ownsDir, KafkaRaftServer server, String bootstrapServers) {
        this.dir = dir;
        this.ownsDir = ownsDir;
        this.server = server;
        this.bootstrapServers = bootstrapServers;
    }

    /** A topic to create at start. */
    public record Topic(String name, int partitions) {
        /** Reads {@code name} or {@code name:partitions}. */
        public static Topic parse(String text) {
            int colon = text.lastIndexOf(':');
            return colon < 0
                    ? new Topic(text, 1)
                    : new Topic(text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)));
        }
    }

    /**
     * Where and how to listen.
     *
     * @param host address to bind
     * @param advertisedHost name that clients connect to
     * @param port 0 = any free one
     * @param dir where to keep the log; null = a scratch directory of its own
     * @param extra broker settings that override the defaults below
     * @param guarded listeners beside the plain one, which ask who is there
     * @param member of a cluster of several; null = the only one
     */
    public record Options(
            String host,
            String advertisedHost,
            int port,
            @Nullable Path dir,
            Map<String, String> extra,
            List<Listener> guarded,
            @Nullable Member member) {
        public static Options defaults() {
            return new Options("127.0.0.1", "127.0.0.1", 0, null, Map.of(), List.of(), null);
        }

        public Options(
                String host,
                String advertisedHost,
                int port,
                @Nullable Path dir,
                Map<String, String> extra,
                List<Listener> guarded) {
            this(host, advertisedHost, port, dir, extra, guarded, null);
        }

        public Options withDir(Path folder) {
            return new Options(host, advertisedHost, port, folder, extra, guarded, member);
        }

        public Options withMember(Member of) {
            return new Options(host, advertisedHost, port, dir, extra, guarded, of);
        }

        public Options withPort(int newPort) {
            return new Options(host, advertisedHost, newPort, dir, extra, guarded, member);
        }

        public Options withExtra(Map<String, String> settings) {
            return new Options(host, advertisedHost, port, dir, settings, guarded, member);
        }

        /** Their {@code listener.name.…} settings belong in {@link #withExtra}. */
        public Options withGuarded(Listener... listeners) {
            return new Options(host, advertisedHost, port, dir, extra, List.of(listeners), member);
        }
    }

    /**
     * One broker of several.
     *
     * @param node from 1; the first is the cluster's controller too
     * @param clusterId of all of them, see {@link Uuid}
     * @param controllerPort of the first
     */
    public record Member(int node, String clusterId, int controllerPort) {}

    /**
     * Another door to the same broker.
     *
     * @param name upper case, and none of PLAINTEXT and CONTROLLER
     * @param protocol SASL_PLAINTEXT, SSL or SASL_SSL
     */
    public record Listener(String name, String protocol, int port) {
        String at(String host) {
            return "," + name + "://" + host + ":" + port;
        }
    }

    /** Starts on a random port of the loopback interface, with these topics. */
    public static EmbeddedBroker start(Topic... topics) {
        return start(Options.defaults(), List.of(topics));
    }

    /** Starts and returns once clients can use it and the topics exist. */
    public static EmbeddedBroker start(Options options, List<Topic> topics) {
        Path dir = options.dir() == null ? TempDir.create("millrace-broker-") : options.dir();
        int port = Ports.orFree(options.port());
        String bootstrap = options.advertisedHost() + ":" + port;
        KafkaRaftServer server;
        try {
            format(dir, options.member());
            server = new KafkaRaftServer(new KafkaConfig(settings(options, dir, port), false), Time.SYSTEM);
            server.startup();
        } catch (Exception e) {
            throw new IllegalStateException("the embedded broker did not start on " + bootstrap, e);
        }
        EmbeddedBroker broker = new EmbeddedBroker(dir, options.dir() == null, server, bootstrap);
        try {
            broker.createTopics(topics);
        } catch (RuntimeException e) {
            broker.close();
            throw e;
        }
        return broker;
    }

    private static void format(Path dir, @Nullable Member member) throws Exception {
        if (Files.exists(dir.resolve("meta.properties"))) {
            // an earlier broker's: what it kept is found again
            return;
        }
        // The default metadata version of the test kits is a version under test; ask for the released one.
        new Formatter()
                .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
                .setSupportedFeatures(List.copyOf(Feature.PRODUCTION_FEATURES))
                .setNodeId(member == null ? 1 : member.node())
                .setClusterId(member == null ? Uuid.randomUuid().toString() : member.clusterId())
                .setReleaseVersion(MetadataVersion.latestProduction())
                .setControllerListenerName("CONTROLLER")
                .setMetadataLogDirectory(dir.toString())
                .addDirectory(dir.toString())
                .run();
    }

    private static Map<String, String> settings(Options options, Path dir, int port) {
        Member member = options.member();
        int controllerPort = member == null ? Ports.free() : member.controllerPort();
        boolean controls = member == null || member.node() == 1;
        Map<String, String> settings = new HashMap<>();
        settings.put("process.roles", controls ? "broker,controller" : "broker");
        settings.put("node.id", member == null ? "1" : Integer.toString(member.node()));
        settings.put("controller.quorum.voters", "1@127.0.0.1:" + controllerPort);
        settings.put("controller.listener.names", "CONTROLLER");
        StringBuilder listeners = new StringBuilder("PLAINTEXT://" + options.host() + ":" + port);
        StringBuilder advertised = new StringBuilder("PLAINTEXT://" + options.advertisedHost() + ":" + port);
        StringBuilder protocols = new StringBuilder("PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        for (Listener listener : options.guarded()) {
            listeners.append(listener.at(options.host()));
            advertised.append(listener.at(options.advertisedHost()));
            protocols.append(',').append(listener.name()).append(':').append(listener.protocol());
        }
        settings.put("listeners", listeners + (controls ? ",CONTROLLER://127.0.0.1:" + controllerPort : ""));
        settings.put("advertised.listeners", advertised.toString());
        settings.put("listener.security.protocol.map", protocols.toString());
        settings.put("log.dirs", dir.toString());
        // One broker: nothing to replicate to.
        settings.put("offsets.topic.replication.factor", "1");
        settings.put("offsets.topic.num.partitions", "1");
        settings.put("transaction.state.log.replication.factor", "1");
        settings.put("transaction.state.log.min.isr", "1");
        settings.put("transaction.state.log.num.partitions", "1");
        settings.put("share.coordinator.state.topic.replication.factor", "1");
        settings.put("share.coordinator.state.topic.min.isr", "1");
        // No other member will come: do not wait for one.
        settings.put("group.initial.rebalance.delay.ms", "0");
        settings.put("group.streams.initial.rebalance.delay.ms", "0");
        settings.put("group.min.session.timeout.ms", "1000");
        // A laptop's memory and disk.
        settings.put("log.cleaner.dedupe.buffer.size", "2097152");
        settings.put("log.segment.bytes", "16777216");
        settings.put("log.index.size.max.bytes", "1048576");
        settings.put("num.network.threads", "1");
        settings.put("num.io.threads", "2");
        settings.put("background.threads", "2");
        settings.put("auto.create.topics.enable", "true");
        settings.putAll(options.extra());
        return settings;
    }

    private void createTopics(List<Topic> topics) {
        try (Admin admin = admin()) {
            admin.describeCluster().nodes().get(READY_SECONDS, TimeUnit.SECONDS);
            List<NewTopic> wanted = topics.stream()
                    .map(topic -> new NewTopic(topic.name(), topic.partitions(), (short) 1))
                    .toList();
            for (var result : admin.createTopics(wanted).values().values()) {
                try {
                    result.get(READY_SECONDS, TimeUnit.SECONDS);
                } catch (ExecutionException e) {
                    if (!(e.getCause() instanceof TopicExistsException)) {
                        throw e;
                    }
                }
            }
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("the embedded broker on " + bootstrapServers + " does not answer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the embedded broker started", e);
        }
    }

    /** A client to look at the broker with; the caller closes it. */
    public Admin admin() {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", bootstrapServers);
        return Admin.create(properties);
    }

    /** {@code host:port}, for a client's {@code bootstrap.servers}. */
    public String bootstrapServers() {
        return bootstrapServers;
    }

    @Override
    public void close() {
        server.shutdown();
        server.awaitShutdown();
        if (ownsDir) {
            TempDir.delete(dir);
        }
    }
}
