package dev.millrace.server.log;

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

/** Makes sure that the log's topic is there before a producer asks for it. Blocks: for the log's own thread only. */
final class LogTopic {
    private static final Logger LOG = LoggerFactory.getLogger(LogTopic.class);
    private static final int TIMEOUT_MS = 5_000;
    private static final Duration CLOSE = Duration.ofMillis(500);

    private LogTopic() {}

    /**
     * @param client properties of a Kafka client
     * @throws TopicMissingException when it is not there and the broker does not let it be created
     * @throws KafkaException when the broker does not answer
     */
    static void ensure(Map<String, Object> client, String topic) throws TopicMissingException, InterruptedException {
        Map<String, Object> settings = new java.util.HashMap<>(client);
        settings.put("client.id", "millrace-server-admin");
        settings.put("request.timeout.ms", TIMEOUT_MS);
        settings.put("default.api.timeout.ms", TIMEOUT_MS);
        Admin admin = Admin.create(settings);
        try {
            if (!exists(admin, topic)) {
                create(admin, topic, String.valueOf(client.get("bootstrap.servers")));
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

    private static void create(Admin admin, String topic, String where)
            throws TopicMissingException, InterruptedException {
        try {
            // the broker's own defaults: how long and how safely a log is kept is not for a model to say
            await(admin.createTopics(List.of(new NewTopic(topic, Optional.empty(), Optional.empty())))
                    .all());
            LOG.info("created the topic {} of the prediction log", topic);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof TopicExistsException) {
                return;
            }
            if (e.getCause() instanceof org.apache.kafka.common.errors.TimeoutException) {
                throw new KafkaException(reason(e), e);
            }
            throw new TopicMissingException(
                    "logger.topic: '" + topic + "' is not on " + where + " and cannot be created (" + reason(e)
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
