package dev.millrace.aggregator.stream;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Time up to which a task has processed everything of its partition: the time of the newest sample of the partition's end
 * that its position has reached. Right also for a task that is always a second behind.
 */
final class Watermark {
    /** Ten minutes of samples; a task further behind than that needs no finer answer. */
    private static final int MAX_SAMPLES = 3_000;

    private final Deque<EndOffsets.Sample> ahead = new ArrayDeque<>();
    private long caughtUpAtMs;
    private long endOffset;

    /** Takes a new sample of the end, and the offset after the last processed record. */
    void advance(EndOffsets.Sample end, long position) {
        EndOffsets.Sample last = ahead.peekLast();
        if (last == null || last.atMs() < end.atMs()) {
            if (last != null && last.offset() == end.offset() || ahead.size() >= MAX_SAMPLES) {
                ahead.pollLast();
            }
            ahead.addLast(end);
        }
        endOffset = end.offset();
        while (true) {
            EndOffsets.Sample first = ahead.peekFirst();
            if (first == null || first.offset() > position) {
                return;
            }
            caughtUpAtMs = Math.max(caughtUpAtMs, first.atMs());
            ahead.pollFirst();
        }
    }

    /** 0 = never since the start. */
    long caughtUpAtMs() {
        return caughtUpAtMs;
    }

    /** Records between position and end. */
    long lag(long position) {
        return Math.max(0, endOffset - position);
    }
}
