package dev.millrace.server.stream;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.contract.config.ConfigException;
import dev.millrace.contract.config.ServingConfig;
import dev.millrace.contract.kafka.OriginHeaders;
import dev.millrace.server.features.VectorPlan;
import dev.millrace.server.predict.CallCheck;
import dev.millrace.server.predict.Prediction;
import dev.millrace.server.predict.Reading;
import dev.millrace.server.predict.Scored;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/** From the records of a poll to those of its transaction: for each reading a result, a dead letter or nothing. */
final class Results {
    private static final String TRACEPARENT = "traceparent";

    private final ServingConfig.StreamInference spec;
    private final ReadingDecoder decoder;
    private final OnlyRule only;
    private final ResultValues values;
    private final ResultJson json;

    /**
     * @throws ConfigException when {@code only} does not compile
     */
    Results(ServingConfig config, ServingConfig.StreamInference spec, VectorPlan plan) {
        this.spec = spec;
        this.decoder = new ReadingDecoder(plan);
        this.only = OnlyRule.of(spec.only());
        this.values = new ResultValues(plan.request(), config.threshold());
        this.json = new ResultJson(config.name(), config.variant());
    }

    /**
     * What is written, in the readings' order.
     *
     * @param filtered readings that were scored and have no record
     */
    record Batch(List<ProducerRecord<byte[], byte[]>> records, int scored, int filtered, int dead) {}

    /** Null: they cannot be scored now. */
    @Nullable
    Batch of(ConsumerRecords<byte[], byte[]> polled, Scorer scorer) throws InterruptedException {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>(polled.count());
        List<@Nullable DeadReading> dead = new ArrayList<>(polled.count());
        List<Reading> readings = new ArrayList<>(polled.count());
        for (ConsumerRecord<byte[], byte[]> record : polled) {
            records.add(record);
            try {
                readings.add(decoder.decode(record.value()));
                dead.add(null);
            } catch (DeadReading e) {
                dead.add(e);
            }
        }
        List<Outcome> outcomes = scorer.score(readings);
        if (outcomes == null) {
            return null;
        }
        Written written = new Written();
        int next = 0;
        for (int i = 0; i < records.size(); i++) {
            DeadReading malformed = dead.get(i);
            if (malformed != null) {
                written.dead(records.get(i), malformed);
            } else {
                written.add(records.get(i), readings.get(next), outcomes.get(next));
                next++;
            }
        }
        return new Batch(written.records, written.scored, written.filtered, written.dead);
    }

    private final class Written {
        final List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        int scored;
        int filtered;
        int dead;

        void add(ConsumerRecord<byte[], byte[]> record, Reading reading, Outcome outcome) {
            Scored answer = outcome.scored();
            Prediction prediction = answer == null ? null : answer.prediction();
            if (answer == null || prediction == null) {
                DeadReading why = outcome.dead();
                dead(record, why == null ? new DeadReading(DeadReason.ModelFailed, "no answer") : why);
                return;
            }
            try {
                if (only.isGiven() && !only.wants(values.of(reading, prediction))) {
                    filtered++;
                    return;
                }
            } catch (DeadReading e) {
                dead(record, e);
                return;
            }
            scored++;
            RecordHeaders headers = new RecordHeaders();
            StreamInference.place(record, headers);
            var trace = record.headers().lastHeader(TRACEPARENT);
            if (trace != null) {
                headers.add(TRACEPARENT, trace.value());
            }
            byte[] key = reading.entity().isEmpty()
                    ? record.key()
                    : CallCheck.key(reading.entity()).getBytes(UTF_8);
            byte[] value = json.of(
                    reading.entity(), prediction, answer.version(), record.timestamp(), System.currentTimeMillis());
            records.add(new ProducerRecord<>(spec.output(), null, timestamp(record), key, value, headers));
        }

        void dead(ConsumerRecord<byte[], byte[]> record, DeadReading why) {
            dead++;
            RecordHeaders headers = new RecordHeaders(record.headers());
            headers.add(OriginHeaders.REASON, why.reason().name().getBytes(UTF_8));
            headers.add(OriginHeaders.ERROR, why.detail().getBytes(UTF_8));
            StreamInference.place(record, headers);
            records.add(new ProducerRecord<>(
                    spec.deadLetterTopic(), null, timestamp(record), record.key(), record.value(), headers));
        }
    }

    /** A record of a broker that keeps none has -1, which no producer takes. */
    private static @Nullable Long timestamp(ConsumerRecord<byte[], byte[]> record) {
        return record.timestamp() < 0 ? null : record.timestamp();
    }
}
