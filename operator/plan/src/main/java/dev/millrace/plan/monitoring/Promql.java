package dev.millrace.plan.monitoring;

import dev.millrace.contract.metrics.Metric;
import java.math.BigDecimal;
import java.time.Duration;

/**
 * Parts of PromQL. Every selector of a raw or recorded series carries namespace and model: without them the rules of N
 * models would record the same series N times.
 */
final class Promql {
    /** Labels that every join is on. */
    static final String MODEL = "namespace, model";

    static final String GROUP = MODEL + ", group";
    static final String FEATURE = MODEL + ", version, feature";

    private final String namespace;
    private final String model;

    Promql(MonitoringPlan plan) {
        this.namespace = plan.namespace();
        this.model = plan.model();
    }

    /** A server's metric, of the stable variant: a canary or a mirror must not spend the budget. */
    String server(Metric metric, String... labelsAndValues) {
        return select(metric.exposedName(), "variant=\"stable\"", labelsAndValues);
    }

    /** An aggregator's metric. */
    String aggregator(Metric metric, String... labelsAndValues) {
        return select(metric.exposedName(), "", labelsAndValues);
    }

    /** The {@code bucket} or {@code count} series of an aggregator's histogram. */
    String aggregatorHistogram(Metric metric, String series, String... labelsAndValues) {
        return select(metric.name() + "_" + series, "", labelsAndValues);
    }

    /** A series that a rule of this model records. */
    String recorded(String name, String... labelsAndValues) {
        return select(name, "", labelsAndValues);
    }

    private String select(String name, String variant, String... labelsAndValues) {
        StringBuilder selector = new StringBuilder(name)
                .append("{namespace=")
                .append(quoted(namespace))
                .append(", model=")
                .append(quoted(model));
        if (!variant.isEmpty()) {
            selector.append(", ").append(variant);
        }
        for (int i = 0; i < labelsAndValues.length; i += 2) {
            selector.append(", ").append(labelsAndValues[i]).append('=').append(quoted(labelsAndValues[i + 1]));
        }
        return selector.append('}').toString();
    }

    private static String quoted(String value) {
        return '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    /** {@code 5m}, {@code 3d}: in the largest unit that divides it. */
    static String duration(Duration duration) {
        long seconds = duration.toSeconds();
        if (seconds % 86_400 == 0) {
            return seconds / 86_400 + "d";
        }
        if (seconds % 3_600 == 0) {
            return seconds / 3_600 + "h";
        }
        return seconds % 60 == 0 ? seconds / 60 + "m" : seconds + "s";
    }

    /** Seconds as PromQL and people read them: {@code 2}, {@code 0.05}. */
    static String seconds(Duration duration) {
        return number(BigDecimal.valueOf(duration.toNanos(), 9));
    }

    /** Without exponent and without zeros that say nothing. */
    static String number(BigDecimal value) {
        return value.signum() == 0 ? "0" : value.stripTrailingZeros().toPlainString();
    }
}
