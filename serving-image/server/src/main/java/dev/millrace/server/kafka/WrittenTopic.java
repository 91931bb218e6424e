package dev.millrace.server.kafka;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes sure that a topic that the server writes is there before a producer asks for it. Blocks: for a thread of its own only. */
public final class WrittenTopic {
    private static final Logger LOG = LoggerFactory.getLogger(WrittenTopic.class);
    private static final int TIMEOUT_MS = 5_000;
    private static final Duration CLOSE = Duration.ofMillis(500);

    private WrittenTopic() {}

    /**
     * @param client properties of a Kafka client
     * @param field of the spec that names it, for messages
     * @param partitions of a topic that is created; empty = as many as the broker gives by default
     * @throws TopicMissingException when it is not there and the broker does not let it be created
     * @throws KafkaException when the broker does not answer
     */
    public static void ensure(Map<String, Object> client, String field, String topic, Optional<Integer> partitions)
            throws TopicMissingException, InterruptedException {
        Map<String, Object> settings = new java.util.HashMap<>(client);
        settings.put("client.id", "millrace-server-admin");
        settings.put("request.timeout.ms", TIMEOUT_MS);
        settings.put("default.api.timeout.ms", TIMEOUT_MS);
        Admin admin = Admin.create(settings);
        try {
            if (!exists(admin, topic)) {
                create(admin, field, topic, partitions, String.valueOf(client.get("bootstrap.servers")));
            }
        } finally {
            // without a bound it would wait for answers of a broker that is not there
            admin.close(CLOSE);
        }
    }

    private static boolean exists(Admin admin, String topic) throws InterruptedException {
        try {
            await(admin.describeTopics(List.of(topic)).allTopicNames());
            return true;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException
                    || e.getCause() instanceof InvalidTopicException) {
                return false;
            }
            throw new KafkaException(reason(e), e);
        }
    }

    private static void create(Admin admin, String field, String topic, Optional<Integer> partitions, String where)
            throws TopicMissingException, InterruptedException {
        try {
            // the broker's own defaults: how long and how safely a topic is kept is not for a model to say
            await(admin.createTopics(List.of(new NewTopic(topic, partitions, Optional.empty())))
                    .all());
            LOG.info("created the topic {} of {}", topic, field);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof TopicExistsException) {
                return;
            }
            if (e.getCause() instanceof org.apache.kafka.common.errors.TimeoutException) {
                throw new KafkaException(reason(e), e);
            }
            throw new TopicMissingException(
                    field + ": '" + topic + "' is not on " + where + " and cannot be created (" + reason(e)
                            + "): create it, or allow its creation",
                    e);
        }
    }

    private static <T> T await(KafkaFuture<T> future) throws ExecutionException, InterruptedException {
        try {
            return future.get(2L * TIMEOUT_MS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new KafkaException("no answer within " + 2 * TIMEOUT_MS + " ms", e);
        }
    }

    private static String reason(ExecutionException e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        String message = cause.getMessage();
        return message == null || !(cause instanceof ApiException) ? cause.toString() : message;
    }
}
