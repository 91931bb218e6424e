package dev.millrace.server.log;

import dev.millrace.contract.config.Kafka;
import dev.millrace.contract.kafka.KafkaClientProperties;
import dev.millrace.server.kafka.TopicMissingException;
import dev.millrace.server.kafka.WrittenTopic;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Looks after the topic, then makes a producer that is bounded in time and memory: a log must never cost a prediction. */
final class KafkaConnector implements PredictionLog.Connector {
    private final Kafka kafka;
    private final String topic;

    KafkaConnector(Kafka kafka, String topic) {
        this.kafka = kafka;
        this.topic = topic;
    }

    @Override
    public Producer<byte[], byte[]> connect() throws TopicMissingException, InterruptedException {
        Map<String, Object> client = KafkaClientProperties.of(kafka);
        WrittenTopic.ensure(client, "logger.topic", topic, Optional.empty());
        Map<String, Object> s = new HashMap<>(client);
        s.put("client.id", "millrace-server");
        s.put("acks", "1");
        s.put("enable.idempotence", false);
        s.put("linger.ms", 20);
        // the sender thread waits so long for metadata or buffer; the queue before it is bounded
        s.put("max.block.ms", 1_000);
        s.put("request.timeout.ms", 5_000);
        s.put("delivery.timeout.ms", 15_000);
        s.put("buffer.memory", 8L << 20);
        s.put("reconnect.backoff.max.ms", 2_000);
        return new KafkaProducer<>(s, new ByteArraySerializer(), new ByteArraySerializer());
    }
}
