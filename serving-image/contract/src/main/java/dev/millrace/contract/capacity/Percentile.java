package dev.millrace.contract.capacity;

import java.math.BigDecimal;

/**
 * A percentile or an availability of the spec, {@code "99.9"}. Kept as the text that the user wrote: labels carry it
 * unchanged, and the error budget is computed in decimals, so that it is {@code 0.001} and not {@code 0.0009999…}.
 *
 * @param text a number above 0 and below 100
 */
public record Percentile(String text) {
    private static final BigDecimal HUNDRED = BigDecimal.valueOf(100);

    public Percentile {
        BigDecimal value = new BigDecimal(text);
        if (value.signum() <= 0 || value.compareTo(HUNDRED) >= 0) {
            throw new IllegalArgumentException("a percentile lies between 0 and 100, not at " + text);
        }
    }

    /** The share that may be bad, {@code 1 - p}: {@code 0.001} for {@code "99.9"}. */
    public BigDecimal budget() {
        return HUNDRED.subtract(new BigDecimal(text)).movePointLeft(2).stripTrailingZeros();
    }

    /** {@code 1 - p} as a double. */
    public double budgetShare() {
        return budget().doubleValue();
    }

    /** {@code p}, 0 to 1. */
    public double share() {
        return new BigDecimal(text).movePointLeft(2).doubleValue();
    }
}
