package dev.millrace.plan.check;

import dev.millrace.api.v1alpha1.AggregationArgs;
import dev.millrace.api.v1alpha1.AggregationFunctionName;
import dev.millrace.api.v1alpha1.AggregationSpec;
import dev.millrace.contract.feature.AggregationFunction;
import dev.millrace.plan.Durations;
import dev.millrace.plan.Finding.Reason;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One aggregation of a stream group. */
final class AggregationCheck {
    private static final Duration SHORTEST = Duration.ofMinutes(1);
    private static final Duration LONGEST = Duration.ofDays(372);

    private AggregationCheck() {}

    /** Its window; null when there is none, or a bad one that is reported. */
    static @Nullable Duration check(String at, AggregationSpec aggregation, Findings findings) {
        findings.required(at + ".name", aggregation.getName(), "count_1h");
        AggregationFunctionName name = aggregation.getFunction();
        if (findings.required(at + ".function", name, "count") && name != null) {
            function(at, AggregationFunction.of(name.name()), aggregation, findings);
        }
        findings.number(at + ".default", aggregation.getDefaultValue(), Reason.DefaultInvalid);
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
        return window;
    }

    private static void function(
            String at, AggregationFunction function, AggregationSpec aggregation, Findings findings) {
        if (!function.isSupported()) {
            findings.error(
                    at + ".function",
                    Reason.NotSupported,
                    function.specName() + " is not supported by this release; use one of "
                            + Arrays.stream(AggregationFunction.values())
                                    .filter(AggregationFunction::isSupported)
                                    .map(AggregationFunction::specName)
                                    .collect(Collectors.joining(", ")));
            return;
        }
        if (function.needsColumn() && aggregation.getColumn() == null) {
            findings.error(
                    at + ".column",
                    Reason.ColumnRequired,
                    function.specName() + " needs the event's field that it aggregates; add column");
        }
        if (function == AggregationFunction.COUNT && aggregation.getColumn() != null) {
            findings.error(at + ".column", Reason.FieldDoesNotApply, "count counts events; remove column");
        }
        args(at + ".args", function, aggregation.getArgs(), findings);
    }

    private static void args(
            String at, AggregationFunction function, @Nullable AggregationArgs args, Findings findings) {
        Map<String, @Nullable Object> given = new LinkedHashMap<>();
        if (args != null) {
            given.put("n", args.getN());
            given.put("lgK", args.getLgK());
            given.put("q", args.getQ());
            given.put("halfLife", args.getHalfLife());
        }
        boolean list = function == AggregationFunction.FIRST_N || function == AggregationFunction.LAST_N;
        String own = list ? "n" : function == AggregationFunction.APPROX_COUNT_DISTINCT ? "lgK" : "";
        given.forEach((name, value) -> {
            if (value != null && !name.equals(own)) {
                findings.error(
                        at + "." + name,
                        Reason.ArgumentInvalid,
                        function.specName() + " does not take it" + (own.isEmpty() ? "" : ", only " + own)
                                + "; remove it");
            }
        });
        if (list) {
            bounded(at + ".n", given.get("n"), true, 1, 32, findings);
        } else if (own.equals("lgK")) {
            bounded(at + ".lgK", given.get("lgK"), false, 4, 12, findings);
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
