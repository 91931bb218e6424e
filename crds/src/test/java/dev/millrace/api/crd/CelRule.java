package dev.millrace.api.crd;

import dev.millrace.api.testing.FraudExample;
import java.util.function.UnaryOperator;

/**
 * One rule of the schema with one example on each side of it.
 *
 * @param message what the API server says about {@code rejected}, or a part of it
 */
public record CelRule(String message, UnaryOperator<FraudExample> accepted, UnaryOperator<FraudExample> rejected) {

    @Override
    public String toString() {
        return message;
    }
}
