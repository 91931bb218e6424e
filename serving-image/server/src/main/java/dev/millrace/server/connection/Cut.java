package dev.millrace.server.connection;

/** What a caller was not waited for any longer. */
public enum Cut {
    REQUEST("SlowRequest"),
    ANSWER("SlowAnswer");

    private final String reason;

    Cut(String reason) {
        this.reason = reason;
    }

    /** Value of the metric's label. */
    public String reason() {
        return reason;
    }
}
