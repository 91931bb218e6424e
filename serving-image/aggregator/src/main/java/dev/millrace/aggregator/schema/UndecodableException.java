package dev.millrace.aggregator.schema;

/** A payload that its schema cannot read, or a schema that cannot be used; the message says why. */
public final class UndecodableException extends Exception {
    private static final long serialVersionUID = 1L;

    UndecodableException(String message) {
        // a stack trace per malformed event would cost more than the event
        super(message, null, false, false);
    }
}
