package dev.millrace.plan;

/**
 * One derived number and why it is what it is.
 *
 * @param number what was derived, in the words of the spec or of status: {@code budget.queue}, {@code targetInFlight}
 * @param value with its unit
 * @param reason one line: the rule and its inputs
 */
public record Derivation(String number, String value, String reason) {}
