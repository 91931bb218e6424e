package dev.millrace.aggregator.stream;

import dev.millrace.aggregator.sink.SinkListener;

/** What a stream counts. Called on stream and sink threads; must not block. */
public interface StreamMetrics {
    /** What became of an event; the label {@code result} of {@code millrace_aggregator_events}. */
    enum EventResult {
        APPLIED,
        DUPLICATE,
        DEDUPLICATED,
        LATE,
        FILTERED,
        DEAD_LETTER
    }

    void event(EventResult result);

    /** An entity has more ids within {@code dedup.window} than are kept; the label set of {@code millrace_dedup_forgotten}. */
    void idForgotten();

    /** An entity whose older state stood behind a newer one in the changelog. */
    void stateOvertaken();

    /** An event that counted, of a time before the end of the group's batch. */
    void lateBeforeBatch();

    /** Records of the changelog that became state: of a task that waits for them, or of one kept ready. */
    void restored(boolean standby, long records);

    SinkListener sink();
}
