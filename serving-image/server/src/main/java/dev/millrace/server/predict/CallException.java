package dev.millrace.server.predict;

/** A call that gets no answer. The message is for the caller: it names the field or the limit, never the code. */
public final class CallException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What went wrong, for every protocol to translate. */
    public enum Kind {
        /** HTTP 400, INVALID_ARGUMENT. */
        INVALID,
        /** HTTP 404, NOT_FOUND. */
        NOT_FOUND,
        /** HTTP 422, FAILED_PRECONDITION: policy Reject, no fallback. */
        REJECTED,
        /** HTTP 429 with Retry-After, RESOURCE_EXHAUSTED. */
        SHED,
        /** HTTP 503 with Retry-After, DEADLINE_EXCEEDED. */
        TIMEOUT,
        /** HTTP 503 with Retry-After, UNAVAILABLE. */
        UNAVAILABLE,
        /** HTTP 501, UNIMPLEMENTED: well-formed, and this server can not do it. */
        UNSUPPORTED,
        /** HTTP 500, INTERNAL. */
        INTERNAL
    }

    private final Kind kind;
    private final long retryAfterSeconds;

    public CallException(Kind kind, String message) {
        this(kind, message, 1);
    }

    /** {@code retryAfterSeconds}: when to try again, where that may help. */
    public CallException(Kind kind, String message, long retryAfterSeconds) {
        // no stack trace: it is an answer, not a bug, and a flood of bad calls must stay cheap
        super(message, null, false, false);
        this.kind = kind;
        this.retryAfterSeconds = retryAfterSeconds;
    }

    public static CallException invalid(String message) {
        return new CallException(Kind.INVALID, message);
    }

    public Kind kind() {
        return kind;
    }

    public long retryAfterSeconds() {
        return retryAfterSeconds;
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
