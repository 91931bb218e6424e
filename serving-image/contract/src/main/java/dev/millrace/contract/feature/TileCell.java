package dev.millrace.contract.feature;

/** What one tile holds of one intermediate result of varying length. */
sealed interface TileCell permits DistinctCell, QuantileCell, TimedCell {

    /** An empty cell of this kind. */
    static TileCell empty(Ir ir) {
        return switch (ir.kind()) {
            case DISTINCT -> new DistinctCell(ir.size());
            case QUANTILES -> new QuantileCell();
            default -> new TimedCell(ir);
        };
    }

    /** Reads the cell at a place; its bytes were found complete by {@link #length}. */
    static TileCell read(Ir ir, byte[] b, int at) {
        return switch (ir.kind()) {
            case DISTINCT -> DistinctCell.read(ir.size(), b, at);
            case QUANTILES -> QuantileCell.read(b, at);
            default -> TimedCell.read(ir, b, at);
        };
    }

    /** Bytes of the encoded cell at a place; -1 when it is corrupt or runs over the end. */
    static int length(Ir ir, byte[] b, int at) {
        int length;
        if (ir.kind() == Ir.Kind.DISTINCT) {
            if (at + 2 > b.length) {
                return -1;
            }
            int n = Bytes.u16(b, at);
            if (n != Distinct.DENSE && n > Distinct.sparseLimit(ir.size())) {
                return -1;
            }
            length = 2 + (n == Distinct.DENSE ? 1 << ir.size() : 4 * n);
        } else if (ir.kind() == Ir.Kind.QUANTILES) {
            length = QuantileCell.length(b, at);
            if (length < 0) {
                return -1;
            }
        } else {
            if (at + 1 > b.length) {
                return -1;
            }
            int n = Bytes.u8(b, at);
            if (n > ir.size()) {
                return -1;
            }
            length = 1 + n * TimedCell.ENTRY;
        }
        return at + length > b.length ? -1 : length;
    }

    /** Bytes of a tile without such a cell: a count of zero. */
    static int emptyLength(Ir ir) {
        return ir.kind() == Ir.Kind.DISTINCT || ir.kind() == Ir.Kind.QUANTILES ? 2 : 1;
    }

    /** Bytes of this cell encoded. */
    int length();

    /** Writes {@link #length()} bytes. */
    void write(byte[] b, int at);
}
