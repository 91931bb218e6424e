package dev.millrace.aggregator.stream;

import java.util.HashMap;
import java.util.Map;

/** The newest mark of each source partition, as a task of the internal topic has read them. */
final class SourceMarks {
    private final int partitions;
    private final Map<Integer, SourceMark> newest = new HashMap<>();

    /** @param partitions of the source topic */
    SourceMarks(int partitions) {
        this.partitions = partitions;
    }

    void add(SourceMark mark) {
        newest.merge(mark.partition(), mark, (a, b) -> a.caughtUpAtMs() > b.caughtUpAtMs() ? a : b);
    }

    /** Time up to which everything of every source partition has come by; 0 while one has not spoken yet. */
    long caughtUpAtMs() {
        return newest.size() < partitions
                ? 0
                : newest.values().stream()
                        .mapToLong(SourceMark::caughtUpAtMs)
                        .min()
                        .orElse(0);
    }

    /** Records of all source partitions that were not re-keyed yet, by their last words. */
    long lagRecords() {
        return newest.values().stream().mapToLong(SourceMark::lagRecords).sum();
    }
}
