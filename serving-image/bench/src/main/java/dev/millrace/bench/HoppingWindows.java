package dev.millrace.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.TimeWindows;
import org.apache.kafka.streams.processor.TimestampExtractor;
import org.apache.kafka.streams.state.Stores;

/**
 * {@code HoppingWindows <bootstrap> <application>}: the count of the last hour, a minute's hop, in the DSL of Kafka Streams
 * with its state in memory and its changelog, as the aggregator has both. Prints {@code ready}, then how many events it has
 * counted, each second. The results go nowhere: writing them to a store would come on top.
 */
final class HoppingWindows {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final TimestampExtractor EVENT_TIME =
            (record, partition) -> tree(record.value()).path("ts").asLong();

    private HoppingWindows() {}

    public static void main(String[] args) throws InterruptedException {
        Properties settings = new Properties();
        settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, args[0]);
        settings.put(StreamsConfig.APPLICATION_ID_CONFIG, args[1]);
        settings.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, 1);
        settings.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 1_000);
        settings.put("auto.offset.reset", "earliest");
        Duration size = Duration.ofHours(1);
        Duration grace = Duration.ofMinutes(10);
        AtomicLong counted = new AtomicLong();
        AtomicLong results = new AtomicLong();
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream(
                        FeatureGroups.TOPIC,
                        Consumed.with(Serdes.String(), Serdes.String()).withTimestampExtractor(EVENT_TIME))
                .peek((key, event) -> counted.incrementAndGet())
                .groupByKey()
                .windowedBy(TimeWindows.ofSizeAndGrace(size, grace).advanceBy(Duration.ofMinutes(1)))
                .count(Materialized.as(Stores.inMemoryWindowStore("counts", size.plus(grace), size, false)))
                .toStream()
                .foreach((window, count) -> results.incrementAndGet());
        KafkaStreams streams = new KafkaStreams(builder.build(), settings);
        CountDownLatch end = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            streams.close(Duration.ofSeconds(10));
            end.countDown();
        }));
        streams.start();
        System.out.println("ready");
        while (!end.await(100, java.util.concurrent.TimeUnit.MILLISECONDS)) {
            System.out.println("counted " + counted.get() + " results " + results.get());
        }
    }

    private static JsonNode tree(Object event) {
        try {
            return JSON.readTree((String) event);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
