package dev.millrace.aggregator;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.aggregator.stream.Tuning;
import dev.millrace.contract.config.AggregatorConfig;
import dev.millrace.contract.config.Kafka;
import dev.millrace.contract.status.AggregatorStatus;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Events with schemas, a real broker, a real store, and a registry that does not always know. */
class SchemaRegistryIT {
    private static final Tuning TUNING = Tuning.defaults().withRetry(Duration.ofMillis(300));
    private static final String TEXT =
            """
            {"type": "record", "name": "Purchase", "fields": [
              {"name": "customer_id", "type": "string"},
              {"name": "merchant_id", "type": ["null", "string"]},
              {"name": "amount", "type": "double"},
              {"name": "status", "type": {"type": "enum", "name": "Status", "symbols": ["OK", "DENIED"]}},
              {"name": "ts", "type": {"type": "long", "logicalType": "timestamp-millis"}}]}
            """;
    private static final Schema SCHEMA = new Schema.Parser().parse(TEXT);

    @TempDir
    Path dir;

    private final Random random = new Random(11);
    private Bench bench;
    private TestRegistry registry;
    private KafkaProducer<String, byte[]> producer;

    @BeforeEach
    void start() {
        bench = new Bench();
        registry = new TestRegistry();
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bench.broker.bootstrapServers(), "acks", "all"),
                new org.apache.kafka.common.serialization.StringSerializer(),
                new ByteArraySerializer());
    }

    @AfterEach
    void stop() {
        producer.close(Duration.ZERO);
        registry.close();
        bench.close();
    }

    private Aggregator start(String revision) throws Exception {
        AggregatorConfig c = Purchases.config(
                bench.broker.bootstrapServers(),
                bench.store().address(),
                dir,
                1,
                Purchases.of("avro", Purchases.TOPIC, revision));
        Kafka kafka = new Kafka(
                bench.broker.bootstrapServers(),
                null,
                null,
                null,
                null,
                new Kafka.SchemaRegistry(registry.url(), null));
        return Aggregator.start(
                new AggregatorConfig(
                        c.namespace(),
                        c.name(),
                        kafka,
                        c.store(),
                        c.entities(),
                        c.groups(),
                        c.metricsPort(),
                        c.host(),
                        c.threads(),
                        c.stateDir()),
                TUNING,
                UnaryOperator.identity());
    }

    private void purchases(int schema, int events, int customers) throws Exception {
        long now = System.currentTimeMillis();
        for (int i = 0; i < events; i++) {
            String customer = "c-" + random.nextInt(customers);
            String merchant = "m-" + random.nextInt(8);
            double amount = random.nextInt(100_000) / 100.0;
            GenericRecord event = new GenericData.Record(SCHEMA);
            event.put("customer_id", customer);
            event.put("merchant_id", merchant);
            event.put("amount", amount);
            event.put(
                    "status",
                    new GenericData.EnumSymbol(SCHEMA.getField("status").schema(), "OK"));
            event.put("ts", now);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            out.write(ByteBuffer.allocate(5).put((byte) 0).putInt(schema).array());
            BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
            new GenericDatumWriter<GenericRecord>(SCHEMA).write(event, encoder);
            encoder.flush();
            producer.send(new ProducerRecord<>(Purchases.TOPIC, customer, out.toByteArray()));
            bench.oracle.add(customer, merchant, amount);
        }
        producer.flush();
    }

    private static void awaitReason(Aggregator aggregator, String named) {
        await("the reason in status").atMost(Bench.PATIENCE).until(() -> {
            AggregatorStatus status = aggregator.status();
            return "SchemaUnavailable".equals(status.reason())
                    && Objects.requireNonNull(status.message()).contains(named);
        });
    }

    @Test
    void anUnknownSchemaHoldsThePartitionBackAndNothingIsLost() throws Exception {
        registry.schema(1, null, TEXT);
        purchases(1, 300, 40);
        try (Aggregator aggregator = start("e001")) {
            bench.awaitOracle("e001", "events of a known schema");
            // both partitions: some of a known schema, then unknown, then known again
            purchases(1, 100, 40);
            purchases(2, 100, 40);
            purchases(1, 100, 40);
            awaitReason(aggregator, "wait for schema 2: registry " + registry.url() + " does not have schema 2 (404)");
            assertThat(aggregator.status().state()).isEqualTo("Running");
            assertThat(metric(aggregator, "millrace_aggregator_waiting_partitions"))
                    .isPositive();
            assertThat(metric(aggregator, "millrace_aggregator_events_total")).isLessThan(600);
            registry.schema(2, null, TEXT);
            bench.awaitOracle("e001", "the schema has appeared");
            bench.awaitCaughtUp("e001");
            assertThat(aggregator.status().reason()).isNull();
            assertThat(metric(aggregator, "millrace_aggregator_waiting_partitions"))
                    .isZero();
            assertThat(metric(aggregator, "millrace_aggregator_events_total"))
                    .as("each event once")
                    .isEqualTo(600);
        }
    }

    @Test
    void aRegistryThatIsAwayIsWaitedForAcrossARestart() throws Exception {
        int port = registry.port();
        registry.close();
        purchases(1, 300, 40);
        try (Aggregator aggregator = start("e002")) {
            awaitReason(aggregator, "wait for schema 1: registry http://127.0.0.1:" + port + " cannot be asked");
            assertThat(metric(aggregator, "millrace_aggregator_events_total")).isZero();
        }
        registry = new TestRegistry(port, null);
        registry.schema(1, null, TEXT);
        try (Aggregator aggregator = start("e002")) {
            bench.awaitOracle("e002", "the registry is back, after a restart");
            registry.close();
            purchases(1, 100, 40);
            bench.awaitOracle("e002", "a known schema needs no registry");
            assertThat(aggregator.status().reason()).isNull();
        }
    }

    @Test
    void whatDoesNotFitItsSchemaGoesToTheDeadLetterTopic() throws Exception {
        registry.schema(1, null, TEXT);
        registry.schema(9, "PROTOBUF", "syntax = 'proto3'; message M {}");
        producer.send(new ProducerRecord<>(Purchases.TOPIC, "c-1", "{\"a\":1}".getBytes(UTF_8)));
        producer.send(new ProducerRecord<>(Purchases.TOPIC, "c-1", new byte[] {0, 0, 0, 0, 1, 100, 1, 2}));
        producer.send(new ProducerRecord<>(Purchases.TOPIC, "c-1", new byte[] {0, 0, 0, 0, 9, 0}));
        producer.flush();
        try (Aggregator aggregator = start("e003")) {
            purchases(1, 200, 40);
            bench.awaitOracle("e003", "events behind poison");
            List<ConsumerRecord<byte[], byte[]>> dead = bench.records(Purchases.deadLetters("e003"), 3);
            assertThat(dead)
                    .extracting(record -> new String(
                            record.headers().lastHeader("millrace-reason").value(), UTF_8))
                    .containsOnly("Undecodable");
            assertThat(dead)
                    .extracting(record -> new String(
                            record.headers().lastHeader("millrace-error").value(), UTF_8))
                    .containsExactlyInAnyOrder(
                            "it does not begin with a zero byte and the id of a schema",
                            "schema 1: field 'customer_id': a length of 50 with 2 bytes left",
                            "schema 9: it is of type PROTOBUF, the group reads AVRO");
            assertThat(aggregator.status().reason()).isNull();
        }
    }

    private static double metric(Aggregator aggregator, String name) throws Exception {
        return java.net.http.HttpClient.newHttpClient()
                .send(
                        java.net.http.HttpRequest.newBuilder(java.net.URI.create(
                                        "http://127.0.0.1:" + aggregator.metricsPort() + "/metrics"))
                                .build(),
                        java.net.http.HttpResponse.BodyHandlers.ofString())
                .body()
                .lines()
                .filter(line -> line.startsWith(name + "{"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }
}
