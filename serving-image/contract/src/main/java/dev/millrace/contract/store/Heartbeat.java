package dev.millrace.contract.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import org.jspecify.annotations.Nullable;

/**
 * What an aggregator says of one partition about five times a second, so that freshness is known even when nothing
 * happens. The store holds it as JSON.
 *
 * @param lagRecords records of the partition not yet in the store
 * @param lastOffset of the last record in the store; -1 before the first
 * @param streamTimeMs greatest event time seen; 0 before the first
 * @param caughtUpAtMs when the partition had last no lag; 0 = never since the start
 * @param wallClockMs the aggregator's clock at this heartbeat
 * @param epoch that its values carry
 * @param partitions of the topic, so that a reader knows how many heartbeats to expect
 */
public record Heartbeat(
        long lagRecords,
        long lastOffset,
        long streamTimeMs,
        long caughtUpAtMs,
        long wallClockMs,
        int epoch,
        int partitions) {

    /** Unlike the config documents it ignores fields it does not know: writer and reader are upgraded one by one. */
    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /** Time since the partition was caught up, by the clock of the heartbeat; what {@code maxLag} bounds. */
    public long lagMs() {
        return lagRecords == 0 ? 0 : Math.max(0, wallClockMs - caughtUpAtMs);
    }

    public String encode() {
        try {
            return MAPPER.writerFor(Heartbeat.class).writeValueAsString(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a record of numbers is always JSON", e);
        }
    }

    /** Null when it is no heartbeat: treat it as missing. */
    public static @Nullable Heartbeat decode(String s) {
        try {
            return MAPPER.readValue(s, Heartbeat.class);
        } catch (JsonProcessingException e) {
            return null;
        }
    }
}
