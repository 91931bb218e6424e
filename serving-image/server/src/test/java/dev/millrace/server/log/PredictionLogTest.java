package dev.millrace.server.log;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.contract.config.ConfigException;
import dev.millrace.contract.config.Kafka;
import dev.millrace.contract.config.ServingConfig;
import dev.millrace.server.Specs;
import dev.millrace.server.engine.Tensor;
import dev.millrace.server.features.FeatureStatus;
import dev.millrace.server.features.FeatureVector;
import dev.millrace.server.features.VectorPlan;
import dev.millrace.server.kafka.TopicMissingException;
import dev.millrace.server.metrics.LogMetrics;
import dev.millrace.server.metrics.ServerMetrics;
import dev.millrace.server.predict.Prediction;
import dev.millrace.server.predict.Timings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class PredictionLogTest {
    private static final Kafka KAFKA = new Kafka("nowhere:9092", null, null, null, null);

    private final ServingConfig config =
            Specs.config(Specs.features("redis://none:1", Specs.purchases("Default", "Serve")), null, null, KAFKA);
    private final VectorPlan plan = VectorPlan.of(Objects.requireNonNull(config.features()));
    private final ServerMetrics metrics = new ServerMetrics(config);

    private PredictionLog log(PredictionLog.Connector connector) {
        return new PredictionLog(
                config, Objects.requireNonNull(config.logger()), KAFKA, plan, new LogMetrics(metrics), connector);
    }

    private void predict(PredictionLog log) {
        FeatureStatus[] status = {FeatureStatus.Fresh, FeatureStatus.Stale, FeatureStatus.Missing};
        FeatureVector vector = new FeatureVector(
                plan,
                new double[] {12.5, 3, Double.NaN},
                status,
                new long[] {-1, 7, -1},
                new long[] {0, 1_700_000_000_000L, 0},
                null,
                null,
                false);
        log.predicted(
                "c-1",
                Map.of("customer_id", "c-1"),
                vector,
                new Prediction(
                        "01ID",
                        "review",
                        List.of(Tensor.ofRows("probabilities", new float[] {0.25f, 0.75f}, 1)),
                        new Prediction.Flags(null, null, List.of("purchases.count_1h"), List.of(), null),
                        null,
                        List.of(),
                        null),
                new Timings(1, 2, 3, 4, 10),
                "00-abc-def-01",
                "7",
                1_700_000_000_123L);
    }

    private String recordsCounted(String result) {
        return metrics.registry().scrape(name -> name.startsWith("millrace_log_records")).stream()
                .flatMap(s -> s.getDataPoints().stream())
                .filter(d -> result.equals(d.getLabels().get("result")))
                .map(d -> String.valueOf(
                        ((io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot) d)
                                .getValue()))
                .findFirst()
                .orElse("none");
    }

    @Test
    void aRecordSaysWhatWasPredictedFromWhat() throws Exception {
        MockProducer<byte[], byte[]> producer =
                new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
        try (PredictionLog log = log(() -> producer)) {
            predict(log);
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> producer.history().size() == 1);
            assertThat(log.trouble()).isNull();
        }
        ProducerRecord<byte[], byte[]> record = producer.history().get(0);
        assertThat(record.topic()).isEqualTo("predictions");
        assertThat(new String(record.key(), StandardCharsets.UTF_8)).isEqualTo("c-1");
        JsonNode json = new ObjectMapper().readTree(record.value());
        assertThat(json)
                .isEqualTo(
                        new ObjectMapper()
                                .readTree(
                                        """
                {"predictionId":"01ID","time":1700000000123,"model":"fraud","version":"7","variant":"stable",
                 "entities":{"customer_id":"c-1"},"vector":[12.5,3.0,null],
                 "features":{
                  "amount":{"value":12.5,"status":"Fresh","eventTime":null,"revision":null},
                  "purchases.count_1h":{"value":3.0,"status":"Stale","eventTime":1700000000000,"revision":"7f3a"},
                  "profile.risk":{"value":null,"status":"Missing","eventTime":null,"revision":"0b1c"}},
                 "outputs":{"probabilities":[0.25,0.75]},"label":"review",
                 "flags":{"fallback":null,"stale":["purchases.count_1h"],"defaulted":[],"cache":null},"error":null,
                 "timingsMs":{"features":1.0,"queue":2.0,"inference":3.0,"postProcessing":4.0,"total":10.0},
                 "traceparent":"00-abc-def-01"}"""));
        assertThat(recordsCounted("sent")).isEqualTo("1.0");
    }

    @Test
    void closingDoesNotWaitForTheNextAttempt() {
        AtomicInteger attempts = new AtomicInteger();
        PredictionLog log = log(() -> {
            attempts.incrementAndGet();
            throw new IOException("no Kafka");
        });
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> log.trouble() != null);
        predict(log);
        // they are 2 s apart
        int before = attempts.get();
        log.close();
        assertThat(attempts).hasValue(before);
        assertThat(recordsCounted("dropped")).isEqualTo("1.0");
    }

    @Test
    void whyRecordsAreLostIsSaidWithTheTopicsName() {
        AtomicReference<Exception> next = new AtomicReference<>(new KafkaException("no route"));
        MockProducer<byte[], byte[]> producer =
                new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
        try (PredictionLog log = log(() -> {
            Exception e = next.get();
            if (e instanceof TopicMissingException missing) {
                throw missing;
            }
            if (e instanceof RuntimeException other) {
                throw other;
            }
            return producer;
        })) {
            predict(log);
            awaitReason(log, "KafkaUnavailable");
            next.set(new ConfigException("kafka: cannot read /secret/password"));
            Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> message(log)
                    .contains("/secret/password"));
            next.set(new TopicMissingException("logger.topic: 'predictions' is not there", new IOException()));
            awaitReason(log, "TopicMissing");
            assertThat(message(log)).contains("'predictions'");
            next.set(new IOException("none of the above: it works"));
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> producer.history().size() == 1);
            assertThat(log.trouble()).isNull();
        }
        assertThat(recordsCounted("sent")).isEqualTo("1.0");
        assertThat(recordsCounted("dropped")).isEqualTo("0.0");
    }

    private static void awaitReason(PredictionLog log, String reason) {
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> {
            PredictionLog.Trouble trouble = log.trouble();
            return trouble != null && trouble.reason().equals(reason);
        });
    }

    private static String message(PredictionLog log) {
        PredictionLog.Trouble trouble = log.trouble();
        return trouble == null ? "" : trouble.message();
    }

    @Test
    void aFullQueueDropsItsOldestAndNeverBlocks() {
        try (PredictionLog log = log(() -> {
            throw new IOException("no Kafka");
        })) {
            long begin = System.nanoTime();
            for (int i = 0; i < 10_100; i++) {
                predict(log);
            }
            System.out.printf("10 100 records without Kafka: %.0f ms%n", (System.nanoTime() - begin) / 1e6);
            assertThat(recordsCounted("dropped")).isEqualTo("100.0");
            Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> log.trouble() != null);
        }
        assertThat(recordsCounted("dropped")).isEqualTo("10100.0");
    }
}
