package dev.millrace.contract.store;

import dev.millrace.contract.config.ConfigException;
import dev.millrace.contract.config.Json;
import org.jspecify.annotations.Nullable;

/**
 * Field {@code batchLoad:<group>.<rev>} of the meta hash, as JSON: a batch run that has not ended. It goes when the run's
 * {@link BatchRun} comes.
 *
 * @param start the run's version, ms since 1970
 * @param at when this was written
 * @param files that the run reads
 * @param filesDone of them
 * @param rows read so far, by all workers
 */
public record BatchProgress(long start, long at, int files, int filesDone, long rows) {
    private static final int FEW = 10;

    /** Null for what is no progress of a run: another release may have written it. */
    public static @Nullable BatchProgress decode(String text) {
        try {
            return Json.readStatus(text, BatchProgress.class);
        } catch (ConfigException e) {
            return null;
        }
    }

    public String encode() {
        return Json.write(this);
    }

    /** {@code 3 of 8 files, 2 M rows} or {@code 30% of 120 files, 40 M rows}: it changes a few dozen times in a load. */
    public String summary() {
        String done = files <= FEW ? filesDone + " of " + files : filesDone * 10 / files * 10 + "% of " + files;
        return done + (files == 1 ? " file, " : " files, ") + coarse(rows) + " rows";
    }

    /** One digit that counts. */
    private static String coarse(long rows) {
        long unit = 1;
        while (rows / unit >= 10) {
            unit *= 10;
        }
        long rounded = rows / unit * unit;
        return rounded < 1_000
                ? Long.toString(rounded)
                : rounded < 1_000_000 ? rounded / 1_000 + " k" : rounded / 1_000_000 + " M";
    }
}
