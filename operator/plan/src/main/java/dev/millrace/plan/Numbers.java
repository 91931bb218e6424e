package dev.millrace.plan;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;

/** Numbers as people read them. */
final class Numbers {
    private Numbers() {}

    /** With this many significant digits, so that a number that moves a little does not change what is shown. */
    static double rounded(double value, int digits) {
        return value == 0 || !Double.isFinite(value)
                ? value
                : new BigDecimal(value)
                        .round(new MathContext(digits, RoundingMode.HALF_UP))
                        .doubleValue();
    }

    /** At most this many places after the point, no trailing zeros. */
    static String plain(double value, int places) {
        return BigDecimal.valueOf(value)
                .setScale(places, RoundingMode.HALF_UP)
                .stripTrailingZeros()
                .toPlainString();
    }

    /** Exactly this many places. */
    static String fixed(double value, int places) {
        return String.format(Locale.ROOT, "%." + places + "f", value);
    }
}
