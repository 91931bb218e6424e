package dev.millrace.server.engine;

/** A model that cannot be served; says why in the words of {@code /millrace/status}. */
public final class LoadException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Reasons in {@code status}; the names are public. */
    public enum Reason {
        ModelFileMissing,
        DigestMismatch,
        ModelInvalid,
        SignatureMismatch
    }

    private final Reason reason;

    public LoadException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    public LoadException(Reason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
