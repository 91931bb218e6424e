package dev.millrace.contract.feature;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Big-endian reads and writes on byte arrays. Bounds are the caller's: each throws IndexOutOfBoundsException. */
final class Bytes {
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle DOUBLE = MethodHandles.byteArrayViewVarHandle(double[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle FLOAT = MethodHandles.byteArrayViewVarHandle(float[].class, ByteOrder.BIG_ENDIAN);

    private Bytes() {}

    static int u8(byte[] b, int at) {
        return b[at] & 0xff;
    }

    static int u16(byte[] b, int at) {
        return (short) SHORT.get(b, at) & 0xffff;
    }

    static int i32(byte[] b, int at) {
        return (int) INT.get(b, at);
    }

    static long u32(byte[] b, int at) {
        return (int) INT.get(b, at) & 0xffff_ffffL;
    }

    static long i64(byte[] b, int at) {
        return (long) LONG.get(b, at);
    }

    static double f64(byte[] b, int at) {
        return (double) DOUBLE.get(b, at);
    }

    static float f32(byte[] b, int at) {
        return (float) FLOAT.get(b, at);
    }

    static void put16(byte[] b, int at, int v) {
        SHORT.set(b, at, (short) v);
    }

    static void put32(byte[] b, int at, long v) {
        INT.set(b, at, (int) v);
    }

    static void put64(byte[] b, int at, long v) {
        LONG.set(b, at, v);
    }

    static void putF64(byte[] b, int at, double v) {
        DOUBLE.set(b, at, v);
    }

    static void putF32(byte[] b, int at, float v) {
        FLOAT.set(b, at, v);
    }
}
