package dev.millrace.server.features;

import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * One group's value for one entity.
 *
 * @param values one number per feature of the group; null when there is no value
 * @param eventTimeMs newest event in the value, of an sql group when its row was read; 0 = unknown
 * @param ageMs since then; -1 = unknown
 * @param nulls features that the store has and that have no value there; null = nothing tells them from absent ones
 */
public record GroupRead(
        Result result, double @Nullable [] values, long eventTimeMs, long ageMs, @Nullable BitSet nulls) {

    /** Of a layout in which all features of a group are there, or none. */
    public GroupRead(Result result, double @Nullable [] values, long eventTimeMs, long ageMs) {
        this(result, values, eventTimeMs, ageMs, null);
    }

    /** How the read went. */
    public enum Result {
        FRESH,
        STALE,
        /** Hybrid: the batch is older than the stream reaches, so that events between them are lost. Else as stale. */
        GAP,
        MISSING,
        /** The value's bytes cannot be read: as missing, but counted as an error. */
        CORRUPT,
        /** The store failed or was late. */
        FAILED
    }

    /** Nothing there. */
    public static final GroupRead MISSING = new GroupRead(Result.MISSING, null, 0, -1);

    static final GroupRead CORRUPT = new GroupRead(Result.CORRUPT, null, 0, -1);
    static final GroupRead FAILED = new GroupRead(Result.FAILED, null, 0, -1);
}
