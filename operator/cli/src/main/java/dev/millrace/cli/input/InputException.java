package dev.millrace.cli.input;

/** The user's input cannot be used; the message is one line that names it and says what to do. */
public final class InputException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public InputException(String message) {
        super(message);
    }

    public InputException(String message, Throwable cause) {
        super(message, cause);
    }
}
