package dev.millrace.contract.store;

import dev.millrace.contract.config.ConfigException;
import dev.millrace.contract.config.Json;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Field {@code batchRun:<group>.<rev>} of the meta hash, as JSON: the last run of a batch group. The loader's process ends
 * with the run, so that its figures are scraped from the servers, who read them here.
 *
 * @param start the run's version, ms since 1970
 * @param end when it ended
 * @param rows written
 * @param superseded rows that a later run had written already
 * @param errors rows that could not be used
 * @param message why the run failed; null when it did not
 */
public record BatchRun(
        String group,
        long start,
        long end,
        long rows,
        long superseded,
        long errors,
        @Nullable Long batchEnd,
        @Nullable String message) {

    /** Null for what is no record of a run: another release may have written it. */
    public static @Nullable BatchRun decode(String text) {
        try {
            return Json.readStatus(text, BatchRun.class);
        } catch (ConfigException e) {
            return null;
        }
    }

    public String encode() {
        return Json.write(this);
    }

    /** {@code profile: rows=1000 rejected=2 superseded=0 seconds=0.31}. */
    public String summary() {
        return String.format(
                Locale.ROOT,
                "%s: rows=%d rejected=%d superseded=%d seconds=%.2f",
                group,
                rows,
                errors,
                superseded,
                (end - start) / 1e3);
    }
}
