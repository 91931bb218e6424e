package dev.millrace.aggregator.forward;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contract.config.ForwardConfig;
import dev.millrace.contract.config.Kafka;
import dev.millrace.devkit.broker.EmbeddedBroker;
import dev.millrace.devkit.broker.EmbeddedBroker.Options;
import dev.millrace.devkit.broker.EmbeddedBroker.Topic;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An edge machine's broker and a central one, whose link is down at the start and once more in between. */
@Tag("chaos")
class ForwarderIT {
    private static final String TOPIC = "anomalies";
    private static final int KEYS = 5;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path dir;

    private int sent;

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private EmbeddedBroker central(int port) {
        return EmbeddedBroker.start(
                new Options("127.0.0.1", "127.0.0.1", port, dir.resolve("central"), Map.of(), List.of()),
                List.of(new Topic(TOPIC, 2)));
    }

    private void send(EmbeddedBroker edge, int records) {
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", edge.bootstrapServers(), "transactional.id", "results-" + sent),
                new StringSerializer(),
                new StringSerializer())) {
            producer.initTransactions();
            producer.beginTransaction();
            for (int i = 0; i < records; i++, sent++) {
                ProducerRecord<String, String> record =
                        new ProducerRecord<>(TOPIC, null, 1_000L + sent, "s-" + sent % KEYS, "value " + sent);
                record.headers().add("millrace-offset", Integer.toString(sent).getBytes(UTF_8));
                producer.send(record);
            }
            producer.commitTransaction();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>(TOPIC, "s-0", "taken back"));
            producer.flush();
            producer.abortTransaction();
        }
    }

    private static List<ConsumerRecord<String, String>> await(String central, int count) {
        List<ConsumerRecord<String, String>> records = new ArrayList<>();
        List<TopicPartition> partitions = IntStream.range(0, 2)
                .mapToObj(p -> new TopicPartition(TOPIC, p))
                .toList();
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", central), new StringDeserializer(), new StringDeserializer())) {
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Awaitility.await(count + " records at the centre")
                    .atMost(Duration.ofSeconds(90))
                    .until(() -> {
                        consumer.poll(Duration.ofMillis(200)).forEach(records::add);
                        return records.size() >= count;
                    });
        }
        return records;
    }

    private static long committed(EmbeddedBroker edge) throws Exception {
        try (var admin = edge.admin()) {
            Map<TopicPartition, OffsetAndMetadata> offsets =
                    Objects.requireNonNull(admin.listConsumerGroupOffsets("edge-forward")
                            .partitionsToOffsetAndMetadata()
                            .get(60, TimeUnit.SECONDS));
            return offsets.values().stream()
                    .mapToLong(OffsetAndMetadata::offset)
                    .sum();
        }
    }

    @Test
    void nothingIsLostWhileTheLinkIsDown() throws Exception {
        int port = freePort();
        String address = "127.0.0.1:" + port;
        try (EmbeddedBroker edge = EmbeddedBroker.start(new Topic(TOPIC, 1))) {
            send(edge, 300);
            Forwarder forwarder = new Forwarder(new ForwardConfig(
                    new Kafka(edge.bootstrapServers(), null, null, null, null),
                    new Kafka(address, null, null, null, null),
                    TOPIC,
                    "edge-forward"));
            Thread thread = new Thread(
                    () -> {
                        try {
                            forwarder.run();
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                        }
                    },
                    "forwarder");
            thread.start();
            try {
                EmbeddedBroker centre = central(port);
                await(address, 300);
                Awaitility.await("it says how far it is")
                        .atMost(Duration.ofSeconds(60))
                        .until(() -> committed(edge) >= 300);
                centre.close();
                long before = committed(edge);
                send(edge, 200);
                Awaitility.await("it does not say that it is further: nobody has them yet")
                        .during(Duration.ofSeconds(2))
                        .atMost(Duration.ofSeconds(60))
                        .until(() -> committed(edge) == before);
                centre = central(port);
                try {
                    List<ConsumerRecord<String, String>> records = await(address, 500);
                    Set<String> origins = new LinkedHashSet<>();
                    for (ConsumerRecord<String, String> record : records) {
                        String origin = new String(
                                record.headers().lastHeader("millrace-offset").value(), UTF_8);
                        origins.add(origin);
                        assertThat(record.value()).isEqualTo("value " + origin);
                        assertThat(record.timestamp()).isEqualTo(1_000L + Long.parseLong(origin));
                        assertThat(record.key()).isEqualTo("s-" + Integer.parseInt(origin) % KEYS);
                    }
                    assertThat(origins).hasSize(500);
                    for (int k = 0; k < KEYS; k++) {
                        String key = "s-" + k;
                        assertThat(records.stream()
                                        .filter(r -> r.key().equals(key))
                                        .map(r -> r.timestamp())
                                        .distinct()
                                        .toList())
                                .as("order of %s", key)
                                .isSorted()
                                .hasSize(100);
                    }
                } finally {
                    centre.close();
                }
            } finally {
                forwarder.stop();
                thread.join(TimeUnit.SECONDS.toMillis(60));
            }
            assertThat(thread.isAlive()).isFalse();
        }
    }
}
