package dev.millrace.aggregator.batch;

import org.jspecify.annotations.Nullable;

/** Counts of the file that is being read: {@link Part.Counts} that change. */
final class Tally {
    private long rows;
    private long superseded;
    private long rejected;
    private @Nullable Long newestMs;
    private @Nullable String firstRejection;

    void begin(Part.Counts counts) {
        rows = counts.rows();
        superseded = counts.superseded();
        rejected = counts.rejected();
        newestMs = counts.newestMs();
        firstRejection = counts.firstRejection();
    }

    void row(long timeMs) {
        rows++;
        Long newest = newestMs;
        newestMs = newest == null ? timeMs : Math.max(newest, timeMs);
    }

    void superseded(int more) {
        superseded += more;
    }

    void rejected(String why) {
        rejected++;
        if (firstRejection == null) {
            firstRejection = why;
        }
    }

    Part.Counts counts() {
        return new Part.Counts(rows, superseded, rejected, newestMs, firstRejection);
    }
}
