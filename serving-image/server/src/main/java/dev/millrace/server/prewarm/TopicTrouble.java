package dev.millrace.server.prewarm;

/** Why the topic cannot be read; the message names the field and says what to do. */
final class TopicTrouble extends Exception {
    private static final long serialVersionUID = 1L;

    private final String reason;

    /** {@code reason}: {@code KafkaUnavailable} or {@code TopicMissing}, for status. */
    TopicTrouble(String reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    TopicTrouble(String reason, String message) {
        super(message);
        this.reason = reason;
    }

    String reason() {
        return reason;
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
