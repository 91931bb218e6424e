package dev.millrace.server.kafka;

/** A topic is not there and cannot be created; the message names it and says what to do. */
public final class TopicMissingException extends Exception {
    private static final long serialVersionUID = 1L;

    public TopicMissingException(String message, Throwable cause) {
        super(message, cause);
    }

    public TopicMissingException(String message) {
        super(message);
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
