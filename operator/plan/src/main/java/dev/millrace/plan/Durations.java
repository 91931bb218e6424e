package dev.millrace.plan;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The spec's durations: {@code 50ms}, {@code 5s}, {@code 10m}, {@code 1h}, {@code 8d}, {@code 0.5ms}, {@code 1h30m}. */
public final class Durations {
    private static final String NUMBER = "[0-9]{1,12}(?:\\.[0-9]{1,6})?";
    private static final Pattern WHOLE = Pattern.compile("(?:" + NUMBER + "(?:ms|s|m|h|d))+");
    private static final Pattern PART = Pattern.compile("(" + NUMBER + ")(ms|s|m|h|d)");
    private static final Map<String, Long> NANOS = Map.of(
            "ms", 1_000_000L,
            "s", 1_000_000_000L,
            "m", 60_000_000_000L,
            "h", 3_600_000_000_000L,
            "d", 86_400_000_000_000L);

    private Durations() {}

    /**
     * @throws IllegalArgumentException with the accepted forms, for anything else; a number without a unit included
     */
    public static Duration parse(String text) {
        if (!WHOLE.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not a duration; write a number with its unit, like 50ms, 5s, 10m, 1h or 8d");
        }
        BigDecimal nanos = BigDecimal.ZERO;
        Matcher part = PART.matcher(text);
        while (part.find()) {
            long unit = NANOS.getOrDefault(part.group(2), 1L);
            nanos = nanos.add(new BigDecimal(part.group(1)).multiply(BigDecimal.valueOf(unit)));
        }
        try {
            return Duration.ofNanos(nanos.setScale(0, RoundingMode.HALF_UP).longValueExact());
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException("'" + text + "' is longer than 292 years", e);
        }
    }

    /** Milliseconds with their fraction: budgets may be below one. */
    public static double millis(String text) {
        return millis(parse(text));
    }

    /** Milliseconds with their fraction. */
    public static double millis(Duration duration) {
        return duration.toNanos() / 1e6;
    }

    /** Null for null, else {@link #parse}'s milliseconds, rounded down. */
    public static @Nullable Long wholeMillis(@Nullable String text) {
        return text == null ? null : parse(text).toMillis();
    }

    /** The shortest of the accepted forms: {@code 1h} for 3600 s, {@code 90s} for 90 s, {@code 0.5ms}. */
    public static String format(Duration duration) {
        long nanos = duration.toNanos();
        for (String unit : List.of("d", "h", "m", "s", "ms")) {
            long size = NANOS.getOrDefault(unit, 1L);
            if (nanos != 0 && nanos % size == 0) {
                return nanos / size + unit;
            }
        }
        return nanos == 0 ? "0s" : formatMillis(nanos / 1e6);
    }

    /** Milliseconds, with at most three places: {@code 4.5ms}. */
    public static String formatMillis(double millis) {
        return BigDecimal.valueOf(millis)
                        .setScale(3, RoundingMode.HALF_UP)
                        .stripTrailingZeros()
                        .toPlainString()
                + "ms";
    }
}
