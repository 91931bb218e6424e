package dev.millrace.contract.feature;

/** One event as a {@link TileState} sees it. A column is an index into {@link TileLayout#columns()}. */
public interface EventColumns {
    /** The column's number; not asked for when {@link #isNull} or only {@link #hash} is needed. */
    double number(int column);

    /** {@link ValueHash} of the column's value, whatever its type. */
    long hash(int column);

    /** Absent, JSON null, or of a type that cannot be used. */
    boolean isNull(int column);
}
