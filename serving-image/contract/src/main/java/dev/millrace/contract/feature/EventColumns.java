package dev.millrace.contract.feature;

/** One event as a {@link TileState} sees it. A column is an index into {@link TileLayout#columns()}. */
public interface EventColumns {
    /** The column's number; NaN when its value is none. Not asked for when {@link #isNull}. */
    double number(int column);

    /** {@link ValueHash} of the column's value, whatever its type. */
    long hash(int column);

    /** Absent or JSON null. */
    boolean isNull(int column);
}
