package dev.millrace.contract.feature;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** {@code u16 n, u32 hash × n}, or {@code 0xffff} and one byte per register. */
final class DistinctCell implements TileCell {
    private final int lgK;
    private int[] hashes = new int[4];
    private int n;
    private byte @Nullable [] registers;

    DistinctCell(int lgK) {
        this.lgK = lgK;
    }

    void add(long hash) {
        int h = Distinct.hash32(hash);
        byte[] r = registers;
        if (r != null) {
            Distinct.add(r, lgK, h);
            return;
        }
        for (int i = 0; i < n; i++) {
            if (hashes[i] == h) {
                return;
            }
        }
        if (n == Distinct.sparseLimit(lgK)) {
            r = new byte[1 << lgK];
            for (int i = 0; i < n; i++) {
                Distinct.add(r, lgK, hashes[i]);
            }
            Distinct.add(r, lgK, h);
            registers = r;
            return;
        }
        if (n == hashes.length) {
            hashes = Arrays.copyOf(hashes, 2 * n);
        }
        hashes[n++] = h;
    }

    @Override
    public int length() {
        return 2 + (registers != null ? registers.length : 4 * n);
    }

    @Override
    public void write(byte[] b, int at) {
        if (registers != null) {
            Bytes.put16(b, at, Distinct.DENSE);
            System.arraycopy(registers, 0, b, at + 2, registers.length);
            return;
        }
        Bytes.put16(b, at, n);
        for (int i = 0; i < n; i++) {
            Bytes.put32(b, at + 2 + 4 * i, hashes[i]);
        }
    }

    static DistinctCell read(int lgK, byte[] b, int at) {
        DistinctCell cell = new DistinctCell(lgK);
        int n = Bytes.u16(b, at);
        if (n == Distinct.DENSE) {
            cell.registers = Arrays.copyOfRange(b, at + 2, at + 2 + (1 << lgK));
            return cell;
        }
        cell.n = n;
        cell.hashes = new int[Math.max(4, n)];
        for (int i = 0; i < n; i++) {
            cell.hashes[i] = Bytes.i32(b, at + 2 + 4 * i);
        }
        return cell;
    }
}
