package dev.millrace.contract.feature;

import java.util.ArrayList;
import java.util.List;

/**
 * All tiles of one hop, with everything that their aggregations keep in a tile.
 *
 * <p>A level stands in the bytes as
 *
 * <pre>
 * u16 n                     live tiles, ascending
 * i64 first tile's index    only when n > 0
 * u16 index − first  × n
 * each lane: number × n     u32 or f64
 * each cell kind: cell × n  length in itself
 * </pre>
 *
 * By lanes and not by tiles, because a read walks one lane over many tiles.
 */
final class TileLevel {
    final long hopMs;
    /** Tiles that the ring holds: {@code (head − slots, head]}. */
    final int slots;

    final List<Ir> fixed;
    /** First lane of each of {@link #fixed}. */
    final int[] laneOf;

    final Ir.Lane[] lanes;
    /** Bytes of the lanes before each lane, per tile. */
    final int[] laneBytes;
    /** Bytes of all lanes, per tile. */
    final int tileBytes;

    final List<Ir> cells;

    TileLevel(long hopMs, int slots, List<Ir> irs) {
        this.hopMs = hopMs;
        this.slots = slots;
        this.fixed = irs.stream().filter(ir -> ir.kind().isFixed()).toList();
        this.cells = irs.stream().filter(ir -> !ir.kind().isFixed()).toList();
        this.laneOf = new int[fixed.size()];
        List<Ir.Lane> all = new ArrayList<>();
        for (int i = 0; i < laneOf.length; i++) {
            laneOf[i] = all.size();
            all.addAll(fixed.get(i).kind().lanes);
        }
        this.lanes = all.toArray(Ir.Lane[]::new);
        this.laneBytes = new int[lanes.length];
        int bytes = 0;
        for (int i = 0; i < lanes.length; i++) {
            laneBytes[i] = bytes;
            bytes += lanes[i].bytes;
        }
        this.tileBytes = bytes;
    }

    /** First lane of an intermediate result that this level has. */
    int lane(Ir ir) {
        return laneOf[fixed.indexOf(ir)];
    }

    /** Bytes before the cells of a level with n tiles. */
    int fixedBytes(int n) {
        return n == 0 ? 2 : 10 + n * (2 + tileBytes);
    }

    long tile(long timeMs) {
        return Math.floorDiv(timeMs, hopMs);
    }

    /** What a byte means here: part of the schema hash. */
    String describe() {
        StringBuilder s = new StringBuilder("level hop=").append(hopMs);
        fixed.forEach(ir -> {
            s.append(' ').append(ir.kind()).append(':').append(ir.column());
            if (ir.size() != 0) {
                s.append('/').append(ir.size());
            }
        });
        cells.forEach(ir -> s.append(' ')
                .append(ir.kind())
                .append(':')
                .append(ir.column())
                .append('/')
                .append(ir.size()));
        return s.toString();
    }
}
