package dev.millrace.devkit.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.devkit.broker.EmbeddedBroker.Options;
import dev.millrace.devkit.broker.EmbeddedBroker.Topic;
import dev.millrace.devkit.machine.Ports;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedBrokerIT {
    @Test
    void carriesRecordsThroughACommittedGroupAndFreesItsPort() throws Exception {
        int port = Ports.free();
        long start = System.nanoTime();
        try (EmbeddedBroker broker =
                EmbeddedBroker.start(Options.defaults().withPort(port), List.of(new Topic("t", 3)))) {
            System.out.printf("broker ready after %d ms%n", (System.nanoTime() - start) / 1_000_000);
            assertThat(broker.bootstrapServers()).isEqualTo("127.0.0.1:" + port);
            try (var admin = broker.admin()) {
                var topics = admin.describeTopics(List.of("t")).allTopicNames().get();
                assertThat(topics.values()).singleElement().satisfies(topic -> assertThat(topic.partitions())
                        .hasSize(3));
            }
            Map<String, Object> producing = Map.of("bootstrap.servers", broker.bootstrapServers());
            try (var producer = new KafkaProducer<>(producing, new StringSerializer(), new StringSerializer())) {
                for (int i = 0; i < 30; i++) {
                    producer.send(new ProducerRecord<>("t", "k" + i, "v" + i));
                }
            }
            Map<String, Object> consuming = Map.of(
                    "bootstrap.servers", broker.bootstrapServers(), "group.id", "g", "auto.offset.reset", "earliest");
            List<String> values = new ArrayList<>();
            try (var consumer = new KafkaConsumer<>(consuming, new StringDeserializer(), new StringDeserializer())) {
                consumer.subscribe(List.of("t"));
                Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> {
                    consumer.poll(Duration.ofMillis(100)).forEach(record -> values.add(record.value()));
                    return values.size() >= 30;
                });
                consumer.commitSync();
            }
            assertThat(values).hasSize(30).contains("v0", "v29");
        }
        assertThat(Ports.isFree("127.0.0.1", port)).isTrue();
    }

    @Test
    void findsAgainWhatItKeptInADirectoryThatItWasGiven(@TempDir Path dir) throws Exception {
        Options options = new Options("127.0.0.1", "127.0.0.1", 0, dir, Map.of(), List.of());
        String cluster;
        try (EmbeddedBroker broker = EmbeddedBroker.start(options, List.of(new Topic("t", 3)));
                var admin = broker.admin()) {
            cluster = admin.describeCluster().clusterId().get();
        }
        try (EmbeddedBroker broker = EmbeddedBroker.start(options, List.of());
                var admin = broker.admin()) {
            assertThat(admin.describeCluster().clusterId().get()).isEqualTo(cluster);
            assertThat(admin.listTopics().names().get()).contains("t");
        }
    }

    @Test
    void readsTopicsAsNameAndPartitions() {
        assertThat(Topic.parse("purchases:4")).isEqualTo(new Topic("purchases", 4));
        assertThat(Topic.parse("purchases")).isEqualTo(new Topic("purchases", 1));
    }
}
