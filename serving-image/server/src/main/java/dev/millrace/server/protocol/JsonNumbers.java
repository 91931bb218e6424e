package dev.millrace.server.protocol;

import com.fasterxml.jackson.core.io.NumberInput;
import java.nio.charset.StandardCharsets;

/** Decimal text to binary floating point, rounded as the JDK rounds. Pure. */
final class JsonNumbers {
    /** All exact. */
    private static final double[] POWERS = {
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20, 1e21, 1e22
    };

    /** Of a double's mantissa, those that a float has not; half way between two floats only the highest is set. */
    private static final long BEYOND = (1L << 29) - 1;

    private static final long HALF = 1L << 28;
    /** Steps of a double by which two roundings and the digits beyond the 19th can be off, and some more. */
    private static final long SLACK = 8;

    private JsonNumbers() {}

    /**
     * As {@link Float#parseFloat}.
     *
     * @param mantissa the first significant digits, 19 at most, unsigned
     * @param exponent of ten, for the mantissa
     */
    static float single(byte[] in, int from, int to, boolean negative, long mantissa, int exponent) {
        if (mantissa == 0) {
            return negative ? -0f : 0f;
        }
        if (mantissa > 0 && exponent >= -22 && exponent <= 22) {
            double near = scaled(mantissa, exponent);
            long beyond = Double.doubleToRawLongBits(near) & BEYOND;
            // away from the middle of two floats, both roundings go the same way; floats without a full mantissa are
            // rare
            if (Math.abs(beyond - HALF) > SLACK && near >= Float.MIN_NORMAL) {
                return (float) (negative ? -near : near);
            }
        }
        return NumberInput.parseFloat(new String(in, from, to - from, StandardCharsets.ISO_8859_1), true);
    }

    /** As {@link Double#parseDouble}. {@code digits}: of the mantissa. */
    static double decimal(byte[] in, int from, int to, boolean negative, long mantissa, int digits, int exponent) {
        if (mantissa == 0) {
            return negative ? -0.0 : 0.0;
        }
        // both operands are exact and the result is rounded once
        if (digits <= 15 && exponent >= -22 && exponent <= 22) {
            double exact = scaled(mantissa, exponent);
            return negative ? -exact : exact;
        }
        return NumberInput.parseDouble(new String(in, from, to - from, StandardCharsets.ISO_8859_1), true);
    }

    private static double scaled(long mantissa, int exponent) {
        return exponent < 0 ? mantissa / POWERS[-exponent] : mantissa * POWERS[exponent];
    }

    /** Whether a number of 19 digits, read as unsigned, is a {@code long}. */
    static boolean isLong(long mantissa, boolean negative) {
        return mantissa >= 0 || negative && mantissa == Long.MIN_VALUE;
    }
}
