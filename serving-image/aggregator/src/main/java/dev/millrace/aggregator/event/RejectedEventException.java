package dev.millrace.aggregator.event;

/** An event that cannot be used; the message names the field and what it should have been. */
public final class RejectedEventException extends Exception {
    private static final long serialVersionUID = 1L;

    private final RejectReason reason;

    public RejectedEventException(RejectReason reason, String message) {
        // a stack trace per malformed event would cost more than the event
        super(message, null, false, false);
        this.reason = reason;
    }

    public RejectReason reason() {
        return reason;
    }

    /** The message, never null. */
    public String detail() {
        String message = getMessage();
        return message == null ? reason.header() : message;
    }
}
