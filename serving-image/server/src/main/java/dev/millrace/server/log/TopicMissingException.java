package dev.millrace.server.log;

/** The topic of the log is not there and cannot be created; the message names it and says what to do. */
final class TopicMissingException extends Exception {
    private static final long serialVersionUID = 1L;

    TopicMissingException(String message, Throwable cause) {
        super(message, cause);
    }
}
