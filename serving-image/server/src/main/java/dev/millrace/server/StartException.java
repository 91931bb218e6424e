package dev.millrace.server;

/** The process cannot start at all: a port is taken, or a bound contradicts another. Names what and the cure. */
public final class StartException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public StartException(String message, Throwable cause) {
        super(message, cause);
    }
}
