package dev.millrace.aggregator.batch;

/** Files that cannot be loaded; the message names the file, and the column where there is one. */
public final class SourceException extends Exception {
    private static final long serialVersionUID = 1L;

    public SourceException(String message) {
        super(message);
    }

    public SourceException(String message, Throwable cause) {
        super(message, cause);
    }
}
