package dev.millrace.api.v1alpha1;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the durations of the API: {@code 50ms}, {@code 1.5s}, {@code 1h30m}, {@code 8d}. */
public final class Durations {

    private static final Pattern PART = Pattern.compile("([0-9]+(?:\\.[0-9]+)?)(ms|s|m|h|d)");

    private Durations() {}

    /**
     * @param text as the schema accepts it
     * @return the duration, exact to the nanosecond
     * @throws IllegalArgumentException the text is not a duration, or longer than a {@link Duration} holds
     */
    public static Duration parse(String text) {
        Matcher matcher = PART.matcher(text);
        BigDecimal nanos = BigDecimal.ZERO;
        int end = 0;
        while (end < text.length() && matcher.find(end) && matcher.start() == end) {
            nanos = nanos.add(new BigDecimal(matcher.group(1)).multiply(BigDecimal.valueOf(nanosOf(matcher.group(2)))));
            end = matcher.end();
        }
        if (end == 0 || end != text.length()) {
            throw new IllegalArgumentException(
                    "not a duration: \"" + text + "\"; write for example 50ms, 10s, 1h or 8d");
        }
        BigDecimal[] parts = nanos.divideAndRemainder(BigDecimal.valueOf(1_000_000_000L));
        try {
            return Duration.ofSeconds(parts[0].longValueExact(), parts[1].longValue());
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException("too long a duration: \"" + text + "\"", e);
        }
    }

    private static long nanosOf(String unit) {
        return switch (unit) {
            case "ms" -> 1_000_000L;
            case "s" -> 1_000_000_000L;
            case "m" -> 60_000_000_000L;
            case "h" -> 3_600_000_000_000L;
            default -> 86_400_000_000_000L;
        };
    }
}
