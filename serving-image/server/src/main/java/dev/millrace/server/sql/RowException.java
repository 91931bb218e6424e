package dev.millrace.server.sql;

/** An answer of the database that cannot be a group's values. */
final class RowException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String reason;
    private final String field;
    private final boolean ofAll;

    /**
     * @param reason public, see {@link Trouble}
     * @param field of the group
     * @param ofAll whether every entity's answer would be as bad
     */
    RowException(String reason, String field, String message, boolean ofAll) {
        super(message);
        this.reason = reason;
        this.field = field;
        this.ofAll = ofAll;
    }

    String reason() {
        return reason;
    }

    String field() {
        return field;
    }

    boolean isOfAll() {
        return ofAll;
    }
}
