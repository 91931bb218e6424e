package dev.millrace.contract.config;

/**
 * What {@code streamInference.only} may look at. The names stand here once: the spec's check declares them, and the server
 * gives them their values.
 */
public enum ResultVariable {
    /** Text; empty where the answer has no label. */
    LABEL("label"),
    /** The number that {@code postProcessing.threshold} looks at; without one, the only value of the only output. */
    SCORE("score"),
    /** Map by name: a number, truth value or text, or a list of them. */
    OUTPUTS("outputs"),
    /** Map of ids by key name, as text. */
    ENTITIES("entities"),
    /** Map of the request fields by name; one that the reading lacks has its default, or is not there. */
    INPUTS("inputs");

    private final String variable;

    ResultVariable(String variable) {
        this.variable = variable;
    }

    /** As expressions have it. */
    public String variable() {
        return variable;
    }
}
