package dev.millrace.aggregator.sink;

/** What a sink reports; called on its thread, must not block. */
public interface SinkListener {
    /**
     * One write was answered.
     *
     * @param ackedAtMs when
     * @param appendTimesMs Kafka's timestamps of the events that are readable now (for WRITTEN and SUPERSEDED)
     */
    void answered(StoreClient.Result result, long ackedAtMs, long[] appendTimesMs);

    SinkListener NONE = (result, ackedAtMs, appendTimesMs) -> {};
}
