package dev.millrace.aggregator.batch;

import org.jspecify.annotations.Nullable;

/**
 * How far one worker of a run is: all before it is in the store.
 *
 * @param file that is read at the moment, counted among the worker's own ones
 * @param tag of that file's content when it was opened
 * @param row rows of it that are done
 * @param before what the files before it came to
 * @param within what those rows came to
 * @param done the worker has read all its files
 */
public record Part(int file, String tag, long row, Counts before, Counts within, boolean done) {
    /** Of a worker that has not begun. */
    static final Part NONE = new Part(0, "", 0, Counts.NONE, Counts.NONE, false);

    /** Everything that the worker has read. */
    Counts counts() {
        return before.plus(within);
    }

    /**
     * @param rows that were sent to the store
     * @param superseded of them, because a later run had written already
     * @param rejected rows that could not be used
     * @param newestMs time of the newest row; null = there is none
     * @param firstRejection why the first one could not be used
     */
    public record Counts(
            long rows, long superseded, long rejected, @Nullable Long newestMs, @Nullable String firstRejection) {
        static final Counts NONE = new Counts(0, 0, 0, null, null);

        Counts plus(Counts more) {
            return new Counts(
                    rows + more.rows,
                    superseded + more.superseded,
                    rejected + more.rejected,
                    newestMs == null
                            ? more.newestMs
                            : more.newestMs == null ? newestMs : Long.valueOf(Math.max(newestMs, more.newestMs)),
                    firstRejection == null ? more.firstRejection : firstRejection);
        }
    }
}
