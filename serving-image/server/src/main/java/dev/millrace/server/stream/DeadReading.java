package dev.millrace.server.stream;

/** A reading that cannot be scored, whatever is tried. */
final class DeadReading extends Exception {
    private static final long serialVersionUID = 1L;
    private static final int MAX = 300;

    private final DeadReason reason;

    DeadReading(DeadReason reason, String detail) {
        // no stack trace: a flood of bad records must stay cheap
        super(detail.length() <= MAX ? detail : detail.substring(0, MAX) + "…", null, false, false);
        this.reason = reason;
    }

    DeadReason reason() {
        return reason;
    }

    String detail() {
        return String.valueOf(getMessage());
    }
}
