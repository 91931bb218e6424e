package dev.millrace.cli.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.Awaitility;

/** What a user would do to a local stack: ask, append events, read topics. */
final class RunningStack {
    private final LocalLayout layout;
    private final HttpClient http = HttpClient.newHttpClient();
    private final ObjectMapper mapper = new ObjectMapper();

    RunningStack(LocalStack stack) {
        this.layout = stack.layout();
    }

    JsonNode post(String path, String body, int status) throws IOException, InterruptedException {
        HttpResponse<String> response = http.send(
                HttpRequest.newBuilder(
                                URI.create("http://127.0.0.1:" + layout.ports().rest() + path))
                        .timeout(Duration.ofSeconds(30))
                        .header("content-type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != status) {
            throw new AssertionError(path + " answered " + response.statusCode() + ": " + response.body());
        }
        return mapper.readTree(response.body());
    }

    /** The label of an everyday purchase. */
    String label(String customer) throws IOException, InterruptedException {
        return post(
                        "/v2/models/fraud/predict",
                        "{\"entities\":[{\"customer_id\":\"" + customer
                                + "\"}],\"inputs\":{\"amount\":40,\"card_present\":1,\"foreign\":0}}",
                        200)
                .at("/predictions/0/label")
                .asText();
    }

    void append(String topic, String key, List<String> events) {
        Map<String, Object> properties = Map.of("bootstrap.servers", layout.bootstrapServers(), "linger.ms", 0);
        try (var producer = new KafkaProducer<>(properties, new StringSerializer(), new StringSerializer())) {
            events.forEach(event -> producer.send(new ProducerRecord<>(topic, key, event)));
        }
    }

    static String purchase(String id, String customer, String merchant, double amount) {
        return "{\"id\":\"" + id + "\",\"customer_id\":\"" + customer + "\",\"merchant_id\":\"" + merchant
                + "\",\"mcc\":5411,\"amount\":" + amount
                + ",\"country\":\"DE\",\"card_present\":true,\"status\":\"OK\",\"ts\":"
                + System.currentTimeMillis() + "}";
    }

    /** The first {@code n} records of a topic. */
    List<ConsumerRecord<String, String>> read(String topic, int n) {
        Map<String, Object> properties = Map.of(
                "bootstrap.servers",
                layout.bootstrapServers(),
                "group.id",
                "test-" + topic,
                "auto.offset.reset",
                "earliest");
        List<ConsumerRecord<String, String>> records = new ArrayList<>();
        try (var consumer = new KafkaConsumer<>(properties, new StringDeserializer(), new StringDeserializer())) {
            consumer.subscribe(List.of(topic));
            Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> {
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
                return records.size() >= n;
            });
        }
        return records;
    }
}
