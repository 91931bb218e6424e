package dev.millrace.plan;

import io.fabric8.kubernetes.api.model.Quantity;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Kubernetes quantities in the one form that an API server stores, so that what is applied equals what is read back:
 * {@code 500m} rather than {@code 0.5}, {@code 1} rather than {@code 1000m}, {@code 1Gi} rather than {@code 1024Mi}.
 */
public final class Quantities {
    private static final String[] BINARY = {"", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"};
    private static final String[] DECIMAL = {"", "k", "M", "G", "T", "P", "E"};
    private static final BigInteger KIBI = BigInteger.valueOf(1024);
    private static final BigInteger KILO = BigInteger.valueOf(1000);

    private Quantities() {}

    /** The canonical form of a quantity that a user wrote. */
    public static Quantity canonical(Quantity quantity) {
        return canonical(quantity.toString());
    }

    /**
     * The canonical form.
     *
     * @throws IllegalArgumentException if the text is no quantity
     */
    public static Quantity canonical(String text) {
        BigDecimal value = number(text);
        return text.endsWith("i") ? new Quantity(binary(value)) : new Quantity(decimal(value));
    }

    /** Bytes for memory, cores for CPU. */
    public static BigDecimal number(String text) {
        try {
            return Quantity.getAmountInBytes(Quantity.parse(text));
        } catch (RuntimeException e) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not a quantity; write a number with a unit, like 500m, 2, 512Mi or 1Gi", e);
        }
    }

    public static BigDecimal number(Quantity quantity) {
        return number(quantity.toString());
    }

    /** Cores as a CPU quantity, rounded up to a thousandth. */
    public static Quantity cores(double cores) {
        return new Quantity(decimal(BigDecimal.valueOf(cores).setScale(3, RoundingMode.CEILING)));
    }

    /** Bytes, in the largest binary unit that divides them. */
    public static Quantity bytes(long bytes) {
        return new Quantity(binary(BigDecimal.valueOf(bytes)));
    }

    /** Every value canonical, in the order of the keys; null for null or empty, because an empty map is not canonical. */
    public static @Nullable Map<String, Quantity> canonical(@Nullable Map<String, Quantity> quantities) {
        if (quantities == null || quantities.isEmpty()) {
            return null;
        }
        Map<String, Quantity> result = new TreeMap<>();
        quantities.forEach((key, value) -> result.put(key, canonical(value)));
        return result;
    }

    private static String binary(BigDecimal value) {
        if (value.stripTrailingZeros().scale() > 0) {
            return decimal(value);
        }
        BigInteger rest = value.toBigIntegerExact();
        int unit = 0;
        while (rest.signum() != 0 && unit < BINARY.length - 1 && rest.mod(KIBI).signum() == 0) {
            rest = rest.divide(KIBI);
            unit++;
        }
        return rest + BINARY[unit];
    }

    private static String decimal(BigDecimal value) {
        BigDecimal stripped = value.stripTrailingZeros();
        if (stripped.scale() > 0) {
            BigDecimal milli = value.movePointRight(3).setScale(0, RoundingMode.CEILING);
            return milli.toBigIntegerExact() + "m";
        }
        BigInteger rest = stripped.toBigIntegerExact();
        int unit = 0;
        while (rest.signum() != 0 && unit < DECIMAL.length - 1 && rest.mod(KILO).signum() == 0) {
            rest = rest.divide(KILO);
            unit++;
        }
        return rest + DECIMAL[unit];
    }
}
