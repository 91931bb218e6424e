package dev.millrace.aggregator.stream;

import dev.millrace.aggregator.stream.GroupTrouble.Reason;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks after the topics of one group before and while its stream runs. */
final class Topics {
    private static final Logger LOG = LoggerFactory.getLogger(Topics.class);
    private static final long TIMEOUT_MS = 5_000;

    private final Admin admin;
    private final String bootstrapServers;
    private final GroupDefinition definition;

    Topics(Admin admin, String bootstrapServers, GroupDefinition definition) {
        this.admin = admin;
        this.bootstrapServers = bootstrapServers;
        this.definition = definition;
    }

    /** The source topic as it is. */
    record Source(String topicId, int partitions) {}

    /** @throws GroupTrouble TopicMissing, KafkaUnavailable */
    Source source() throws GroupTrouble, InterruptedException {
        String topic = definition.stream().topic();
        TopicDescription found = describe(topic)
                .orElseThrow(() -> new GroupTrouble(
                        Reason.TOPIC_MISSING,
                        "topic '" + topic + "' of group " + definition.group().name() + " is not on " + bootstrapServers
                                + ": create it, or correct the group's stream.topic"));
        return new Source(found.topicId().toString(), found.partitions().size());
    }

    /**
     * Makes sure that the stream can start; false when it starts anew, without any state.
     *
     * @throws GroupTrouble saying what must be changed first
     */
    boolean prepare(Source source) throws GroupTrouble, InterruptedException {
        Optional<TopicDescription> changelog = describe(definition.changelogTopic());
        if (changelog.isPresent()) {
            int was = changelog.get().partitions().size();
            if (was != source.partitions()) {
                throw new GroupTrouble(
                        Reason.PARTITION_COUNT_CHANGED,
                        "topic '" + definition.stream().topic() + "' has " + source.partitions()
                                + " partitions, the state of "
                                + definition.revisionName() + " was built with " + was
                                + ": entities are in other partitions now; change the group to get a new revision");
            }
        } else {
            forgetOffsets();
        }
        createDeadLetters();
        return changelog.isPresent();
    }

    /** Offsets without the state that belongs to them would leave out everything before them. */
    void forgetOffsets() throws GroupTrouble, InterruptedException {
        try {
            if (await(admin.listConsumerGroupOffsets(definition.applicationId()).partitionsToOffsetAndMetadata())
                    .isEmpty()) {
                return;
            }
            await(admin.deleteConsumerGroups(List.of(definition.applicationId()))
                    .all());
            if (definition.rekeyed()) {
                // they come again with the topic
                forgetKeyed();
            }
            LOG.warn("{}: the state is gone, the topic is read from its beginning", definition.applicationId());
        } catch (ExecutionException e) {
            // never started before, or another replica is just starting
            if (!(e.getCause() instanceof GroupIdNotFoundException)
                    && !(e.getCause() instanceof GroupNotEmptyException)) {
                throw unavailable(cause(e));
            }
        }
    }

    private void forgetKeyed() throws ExecutionException, GroupTrouble, InterruptedException {
        Optional<TopicDescription> keyed = describe(definition.keyedTopic());
        if (keyed.isPresent()) {
            Map<TopicPartition, RecordsToDelete> everything = new HashMap<>();
            keyed.get()
                    .partitions()
                    .forEach(partition -> everything.put(
                            new TopicPartition(definition.keyedTopic(), partition.partition()),
                            RecordsToDelete.beforeOffset(-1)));
            await(admin.deleteRecords(everything).all());
        }
    }

    private void createDeadLetters() throws GroupTrouble, InterruptedException {
        String topic = definition.stream().deadLetterTopic();
        if (describe(topic).isPresent()) {
            return;
        }
        try {
            // one partition, the broker's replication: it should hold little
            await(admin.createTopics(List.of(new NewTopic(topic, Optional.of(1), Optional.empty())))
                    .all());
            LOG.info("created the dead letter topic {}", topic);
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw new GroupTrouble(
                        Reason.TOPIC_MISSING,
                        "dead letter topic '" + topic + "' of group "
                                + definition.group().name()
                                + " is missing and cannot be created (" + message(cause(e))
                                + "): create it or allow its creation",
                        e);
            }
        }
    }

    private Optional<TopicDescription> describe(String topic) throws GroupTrouble, InterruptedException {
        try {
            Map<String, TopicDescription> found =
                    await(admin.describeTopics(List.of(topic)).allTopicNames());
            return Optional.ofNullable(found.get(topic));
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException
                    || e.getCause() instanceof InvalidTopicException) {
                return Optional.empty();
            }
            throw unavailable(cause(e));
        }
    }

    private <T> T await(KafkaFuture<T> future) throws ExecutionException, GroupTrouble, InterruptedException {
        try {
            return future.get(TIMEOUT_MS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw unavailable(e);
        }
    }

    private GroupTrouble unavailable(Throwable cause) {
        return new GroupTrouble(
                Reason.KAFKA_UNAVAILABLE,
                "Kafka at " + bootstrapServers + " does not answer: " + message(cause),
                cause);
    }

    private static Throwable cause(ExecutionException e) {
        return e.getCause() == null ? e : e.getCause();
    }

    private static String message(Throwable e) {
        String message = e.getMessage();
        return message == null ? e.getClass().getSimpleName() : message;
    }
}
