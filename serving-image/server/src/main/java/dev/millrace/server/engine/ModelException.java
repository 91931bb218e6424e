package dev.millrace.server.engine;

/** The runtime could not execute the model on these tensors. */
public final class ModelException extends Exception {
    private static final long serialVersionUID = 1L;

    public ModelException(String message, Throwable cause) {
        super(message, cause);
    }

    public ModelException(String message) {
        super(message);
    }
}
