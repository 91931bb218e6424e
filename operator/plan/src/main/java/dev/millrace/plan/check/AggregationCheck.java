package dev.millrace.plan.check;

import dev.millrace.api.v1alpha1.AggregationArgs;
import dev.millrace.api.v1alpha1.AggregationFunctionName;
import dev.millrace.api.v1alpha1.AggregationSpec;
import dev.millrace.contract.feature.AggregationFunction;
import dev.millrace.plan.Durations;
import dev.millrace.plan.Finding.Reason;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One aggregation of a stream group. */
final class AggregationCheck {
    private static final Duration SHORTEST = Duration.ofMinutes(1);
    private static final Duration LONGEST = Duration.ofDays(372);
    private static final Pattern QUANTILE = Pattern.compile("0\\.[0-9]{1,6}");

    private AggregationCheck() {}

    /** Its window; null when there is none, or a bad one that is reported. */
    static @Nullable Duration check(String at, AggregationSpec aggregation, Findings findings) {
        findings.required(at + ".name", aggregation.getName(), "count_1h");
        Duration window = findings.required(at + ".timeWindow", aggregation.getTimeWindow(), "1h")
                ? findings.duration(at + ".timeWindow", aggregation.getTimeWindow())
                : null;
        if (window != null && (window.compareTo(SHORTEST) < 0 || window.compareTo(LONGEST) > 0)) {
            findings.error(
                    at + ".timeWindow",
                    Reason.WindowOutOfBounds,
                    Durations.format(window) + " must be from " + Durations.format(SHORTEST) + " to "
                            + Durations.format(LONGEST));
        }
        AggregationFunctionName name = aggregation.getFunction();
        if (findings.required(at + ".function", name, "count") && name != null) {
            function(at, AggregationFunction.of(name.name()), aggregation, window, findings);
        }
        findings.number(at + ".default", aggregation.getDefaultValue(), Reason.DefaultInvalid);
        return window;
    }

    private static void function(
            String at,
            AggregationFunction function,
            AggregationSpec aggregation,
            @Nullable Duration window,
            Findings findings) {
        if (function.needsColumn() && aggregation.getColumn() == null) {
            findings.error(
                    at + ".column",
                    Reason.ColumnRequired,
                    function.specName() + " needs the event's field that it aggregates; add column");
        }
        if (function == AggregationFunction.COUNT && aggregation.getColumn() != null) {
            findings.error(at + ".column", Reason.FieldDoesNotApply, "count counts events; remove column");
        }
        args(at + ".args", function, aggregation.getArgs(), window, findings);
    }

    private static void args(
            String at,
            AggregationFunction function,
            @Nullable AggregationArgs args,
            @Nullable Duration window,
            Findings findings) {
        Map<String, @Nullable Object> given = new LinkedHashMap<>();
        if (args != null) {
            given.put("n", args.getN());
            given.put("lgK", args.getLgK());
            given.put("q", args.getQ());
            given.put("halfLife", args.getHalfLife());
        }
        String own =
                switch (function) {
                    case FIRST_N, LAST_N -> "n";
                    case APPROX_COUNT_DISTINCT -> "lgK";
                    case APPROX_PERCENTILE -> "q";
                    case DECAYED_SUM -> "halfLife";
                    default -> "";
                };
        given.forEach((name, value) -> {
            if (value != null && !name.equals(own)) {
                findings.error(
                        at + "." + name,
                        Reason.ArgumentInvalid,
                        function.specName() + " does not take it" + (own.isEmpty() ? "" : ", only " + own)
                                + "; remove it");
            }
        });
        switch (own) {
            case "n" -> bounded(at + ".n", given.get("n"), true, 1, 32, findings);
            case "lgK" -> bounded(at + ".lgK", given.get("lgK"), false, 4, 12, findings);
            case "q" -> quantile(at + ".q", args == null ? null : args.getQ(), findings);
            case "halfLife" -> halfLife(at + ".halfLife", args == null ? null : args.getHalfLife(), window, findings);
            default -> {}
        }
    }

    private static void quantile(String field, @Nullable String q, Findings findings) {
        if (q == null || !QUANTILE.matcher(q).matches()) {
            findings.error(field, Reason.ArgumentInvalid, "must be given, such as \"0.95\", with at most six decimals");
        }
    }

    /** The bounds of the tiles: see {@code PlannedAggregation}. */
    private static void halfLife(String field, @Nullable String text, @Nullable Duration window, Findings findings) {
        if (!findings.required(field, text, "30m") || text == null) {
            return;
        }
        Duration halfLife = findings.duration(field, text);
        if (halfLife == null || window == null) {
            return;
        }
        if (halfLife.toMillis() < 1000
                || halfLife.toMillis() % 1000 != 0
                || halfLife.compareTo(LONGEST) > 0
                || halfLife.toMillis() < window.toMillis() / 1000) {
            findings.error(
                    field,
                    Reason.ArgumentInvalid,
                    Durations.format(halfLife) + " must be whole seconds, at least a thousandth of timeWindow, at most "
                            + Durations.format(LONGEST));
        }
    }

    private static void bounded(
            String field, @Nullable Object value, boolean required, int min, int max, Findings findings) {
        boolean absent = value == null;
        if (absent ? required : !(value instanceof Integer i && i >= min && i <= max)) {
            findings.error(field, Reason.ArgumentInvalid, "must be given, from " + min + " to " + max);
        }
    }
}
