package dev.millrace.aggregator.stream;

import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.streams.StreamsConfig;

/** What Kafka Streams must be told, because its defaults serve throughput; features reference 9.3. */
final class StreamsSettings {
    private static final long MEBI = 1L << 20;
    private static final long REKEYED_COMMIT_MS = 100;
    private static final int TRANSACTION_SLACK_MS = 5_000;
    private static final long COMPACTION_LAG_MS = 3_600_000;

    private StreamsSettings() {}

    static Properties of(
            Map<String, Object> kafka,
            String applicationId,
            int threads,
            String stateDir,
            boolean exactlyOnce,
            Map<String, Object> state,
            Tuning tuning) {
        Properties p = new Properties();
        p.putAll(kafka);
        p.putAll(state);
        p.put(StreamsConfig.APPLICATION_ID_CONFIG, applicationId);
        p.put(StreamsConfig.STATE_DIR_CONFIG, stateDir);
        p.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, threads);
        p.put(
                StreamsConfig.PROCESSING_GUARANTEE_CONFIG,
                exactlyOnce ? StreamsConfig.EXACTLY_ONCE_V2 : StreamsConfig.AT_LEAST_ONCE);
        // the streams protocol takes no consumer of ours, so the barrier would never be asked
        p.put(StreamsConfig.GROUP_PROTOCOL_CONFIG, "classic");
        p.put(StreamsConfig.ENSURE_EXPLICIT_INTERNAL_RESOURCE_NAMING_CONFIG, true);
        p.put(
                StreamsConfig.COMMIT_INTERVAL_MS_CONFIG,
                // what is re-keyed can be read when it is committed, and no sooner
                exactlyOnce ? REKEYED_COMMIT_MS : tuning.commitInterval().toMillis());
        if (exactlyOnce) {
            // long enough for a commit that waits for the store; no longer, because the transaction of an aggregator
            // that was killed holds back everybody who reads behind it until it is given up
            p.put(
                    StreamsConfig.producerPrefix(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG),
                    (int) tuning.drainBound().toMillis() + TRANSACTION_SLACK_MS);
        }
        p.put(StreamsConfig.POLL_MS_CONFIG, 10L);
        p.put(
                StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG,
                Math.max(8 * MEBI, Math.min(256 * MEBI, Runtime.getRuntime().maxMemory() / 8)));
        p.put(StreamsConfig.PROCESSING_EXCEPTION_HANDLER_GLOBAL_ENABLED_CONFIG, true);
        // of a group with several aggregators, each keeps the state of another's partitions, too: when one ends, nobody
        // has to read a changelog first
        p.put(StreamsConfig.NUM_STANDBY_REPLICAS_CONFIG, 1);
        // a new replica gets a task once it has the state, and is asked for that so often (least value allowed)
        p.put(StreamsConfig.PROBING_REBALANCE_INTERVAL_MS_CONFIG, 60_000L);
        // a store that is down for an hour is waited for, not given up on
        p.put(StreamsConfig.TASK_TIMEOUT_MS_CONFIG, 24L * 3600 * 1000);
        if (!exactlyOnce) {
            // it would be the re-keyed topic's, too, whose events of one entity are not versions of each other
            p.put(StreamsConfig.topicPrefix(TopicConfig.CLEANUP_POLICY_CONFIG), TopicConfig.CLEANUP_POLICY_COMPACT);
            // an older state behind a newer one is found when both are still there, see NewestStates
            p.put(StreamsConfig.topicPrefix(TopicConfig.MIN_COMPACTION_LAG_MS_CONFIG), COMPACTION_LAG_MS);
        }

        p.put(StreamsConfig.mainConsumerPrefix(ConsumerConfig.MAX_POLL_RECORDS_CONFIG), 1000);
        p.put(StreamsConfig.consumerPrefix(ConsumerConfig.METADATA_MAX_AGE_CONFIG), 30_000);
        int session = (int) tuning.sessionTimeout().toMillis();
        p.put(StreamsConfig.mainConsumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG), session);
        p.put(
                StreamsConfig.mainConsumerPrefix(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG),
                Math.max(100, session / 4));

        p.put(StreamsConfig.producerPrefix(ProducerConfig.LINGER_MS_CONFIG), 5);
        p.put(StreamsConfig.producerPrefix(ProducerConfig.ACKS_CONFIG), "all");
        p.put(StreamsConfig.producerPrefix(ProducerConfig.COMPRESSION_TYPE_CONFIG), "lz4");
        return p;
    }
}
