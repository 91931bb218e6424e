package dev.millrace.plan.check;

import dev.millrace.plan.Durations;
import dev.millrace.plan.Finding;
import dev.millrace.plan.Finding.Reason;
import dev.millrace.plan.Finding.Severity;
import dev.millrace.plan.Quantities;
import io.fabric8.kubernetes.api.model.Quantity;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Collects findings, and parses values so that a bad one becomes a finding instead of an exception. */
final class Findings {
    private final List<Finding> list = new ArrayList<>();

    List<Finding> list() {
        return List.copyOf(list);
    }

    boolean hasErrors() {
        return list.stream().anyMatch(f -> f.severity() == Severity.error);
    }

    void error(String field, Reason reason, String message) {
        list.add(new Finding(Severity.error, field, reason, message));
    }

    void warning(String field, Reason reason, String message) {
        list.add(new Finding(Severity.warning, field, reason, message));
    }

    /** False, and a finding, when the text is absent. */
    boolean required(String field, @Nullable Object value, String example) {
        if (value == null || value.toString().isEmpty()) {
            error(field, Reason.Required, "is required, for example " + example);
            return false;
        }
        return true;
    }

    /** Null when absent, or bad and reported. */
    @Nullable
    Duration duration(String field, @Nullable String text) {
        if (text == null) {
            return null;
        }
        try {
            return Durations.parse(text);
        } catch (IllegalArgumentException e) {
            error(field, Reason.InvalidDuration, String.valueOf(e.getMessage()));
            return null;
        }
    }

    /** The same, and zero is bad too. */
    @Nullable
    Duration positiveDuration(String field, @Nullable String text) {
        Duration duration = duration(field, text);
        if (duration != null && duration.isZero()) {
            error(field, Reason.InvalidDuration, "must be longer than zero");
            return null;
        }
        return duration;
    }

    /** Null when absent, or bad and reported. */
    @Nullable
    BigDecimal quantity(String field, @Nullable Quantity quantity) {
        if (quantity == null) {
            return null;
        }
        try {
            BigDecimal number = Quantities.number(quantity);
            if (number.signum() > 0) {
                return number;
            }
            error(field, Reason.InvalidQuantity, "must be more than zero");
        } catch (IllegalArgumentException e) {
            error(field, Reason.InvalidQuantity, String.valueOf(e.getMessage()));
        }
        return null;
    }

    /** Null when absent, or bad and reported; NaN is a number here. */
    @Nullable
    Double number(String field, @Nullable String text, Reason reason) {
        if (text == null) {
            return null;
        }
        try {
            return Double.valueOf(text);
        } catch (NumberFormatException e) {
            error(field, reason, "'" + text + "' is not a number; write one as a string, like \"0.5\"");
            return null;
        }
    }

    /** One finding for each name that stood before. */
    void unique(String list, List<String> names) {
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < names.size(); i++) {
            if (!seen.add(names.get(i))) {
                error(
                        list + "[" + i + "].name",
                        Reason.DuplicateName,
                        "'" + names.get(i) + "' is taken by an entry before; choose another name");
            }
        }
    }
}
