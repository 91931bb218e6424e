package dev.millrace.aggregator.schema;

/** The registry does not have the schema, or does not answer: what can come back, and is waited for. */
public final class SchemaUnavailableException extends Exception {
    private static final long serialVersionUID = 1L;

    public SchemaUnavailableException(String message) {
        super(message);
    }

    public SchemaUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
