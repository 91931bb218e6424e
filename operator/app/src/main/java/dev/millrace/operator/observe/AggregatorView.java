package dev.millrace.operator.observe;

import dev.millrace.contract.status.AggregatorStatus;
import org.jspecify.annotations.Nullable;

/** An {@link AggregatorStatus} without its lags. */
public record AggregatorView(String state, @Nullable String reason, @Nullable String message) {

    static AggregatorView of(AggregatorStatus status) {
        return new AggregatorView(status.state(), status.reason(), status.message());
    }
}
