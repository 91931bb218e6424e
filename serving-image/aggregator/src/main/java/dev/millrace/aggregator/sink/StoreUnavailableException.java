package dev.millrace.aggregator.sink;

/** The store cannot be reached or used; the message names its address and says why. */
public final class StoreUnavailableException extends Exception {
    private static final long serialVersionUID = 1L;

    public StoreUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
