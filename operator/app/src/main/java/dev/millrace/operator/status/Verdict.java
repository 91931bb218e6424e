package dev.millrace.operator.status;

/**
 * What one detail condition says.
 *
 * @param message names the field or object and what to do
 */
record Verdict(ConditionType type, boolean ok, Reason reason, String message) {

    static Verdict ok(ConditionType type, Reason reason, String message) {
        return new Verdict(type, true, reason, message);
    }

    static Verdict not(ConditionType type, Reason reason, String message) {
        return new Verdict(type, false, reason, message);
    }
}
