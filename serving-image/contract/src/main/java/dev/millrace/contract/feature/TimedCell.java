package dev.millrace.contract.feature;

import java.util.Arrays;

/**
 * The first or last n values of a tile, ascending by event time, of equal times in the order in which they came: {@code
 * u8 count, {u32 ms since the tile's start, f64 value} × count}.
 */
final class TimedCell implements TileCell {
    /** Bytes of one value with its time. */
    static final int ENTRY = 12;

    private final Ir ir;
    private long[] times = new long[2];
    private double[] values = new double[2];
    private int n;

    TimedCell(Ir ir) {
        this.ir = ir;
    }

    int size() {
        return n;
    }

    void add(long time, double value) {
        boolean oldest = ir.kind() == Ir.Kind.FIRST_N;
        int at = n;
        while (at > 0 && times[at - 1] > time) {
            at--;
        }
        if (n == ir.size()) {
            if (oldest && at == n || !oldest && at == 0) {
                return;
            }
            if (oldest) {
                n--;
            } else {
                System.arraycopy(times, 1, times, 0, n - 1);
                System.arraycopy(values, 1, values, 0, n - 1);
                n--;
                at--;
            }
        } else if (n == times.length) {
            times = Arrays.copyOf(times, 2 * n);
            values = Arrays.copyOf(values, 2 * n);
        }
        System.arraycopy(times, at, times, at + 1, n - at);
        System.arraycopy(values, at, values, at + 1, n - at);
        times[at] = time;
        values[at] = value;
        n++;
    }

    /** Keeps the newest values only. */
    void keepLast(int count) {
        if (n > count) {
            System.arraycopy(times, n - count, times, 0, count);
            System.arraycopy(values, n - count, values, 0, count);
            n = count;
        }
    }

    @Override
    public int length() {
        return 1 + n * ENTRY;
    }

    @Override
    public void write(byte[] b, int at) {
        b[at] = (byte) n;
        for (int i = 0; i < n; i++) {
            Bytes.put32(b, at + 1 + i * ENTRY, times[i]);
            Bytes.putF64(b, at + 5 + i * ENTRY, values[i]);
        }
    }

    static TimedCell read(Ir ir, byte[] b, int at) {
        TimedCell cell = new TimedCell(ir);
        cell.n = Bytes.u8(b, at);
        cell.times = new long[Math.max(2, cell.n)];
        cell.values = new double[Math.max(2, cell.n)];
        for (int i = 0; i < cell.n; i++) {
            cell.times[i] = Bytes.u32(b, at + 1 + i * ENTRY);
            cell.values[i] = Bytes.f64(b, at + 5 + i * ENTRY);
        }
        return cell;
    }
}
