package dev.millrace.server.sql;

import dev.millrace.server.metrics.SqlMetrics.QueryOutcome;
import dev.millrace.server.sql.Secret.SecretException;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.ClosedConnectionException;
import java.io.IOException;

/**
 * What a failed query means.
 *
 * @param outcome as it is counted
 * @param reason public, see {@link Trouble}
 * @param field of the group, whose value is the cause: {@code sql.query}
 * @param text what is wrong, and the cure
 * @param ofAll false: of this entity alone; others may fare better
 */
record Failure(QueryOutcome outcome, String reason, String field, String text, boolean ofAll) {
    static final String UNAVAILABLE = "DatabaseUnavailable";
    static final String QUERY = "QueryInvalid";
    static final String COLUMN = "ColumnMismatch";

    /** Of a query that was cancelled: by us, when it took too long. */
    private static final String CANCELLED = "57014";

    static Failure timeout(long timeoutMs) {
        return new Failure(
                QueryOutcome.timeout,
                UNAVAILABLE,
                "sql.timeout",
                "the database takes longer than " + timeoutMs + " ms; give the query an index, or raise it",
                true);
    }

    /** {@code connected}: whether there was a connection. */
    static Failure of(Throwable e, boolean connected) {
        if (e instanceof RowException row) {
            return new Failure(
                    QueryOutcome.error, row.reason(), row.field(), String.valueOf(row.getMessage()), row.isOfAll());
        }
        if (e instanceof PgException pg) {
            return ofServer(pg, connected);
        }
        if (e instanceof SecretException) {
            return unavailable("sql.secretRef", String.valueOf(e.getMessage()));
        }
        if (!connected || e instanceof IOException || e instanceof ClosedConnectionException) {
            return unavailable("sql", "the database does not answer: " + text(e));
        }
        // the client could not write a parameter as the type that the database wants
        return wrong(text(e) + "; a key of type STRING that is a number in the database is $1::text::bigint", true);
    }

    private static Failure ofServer(PgException e, boolean connected) {
        String state = e.getSqlState() == null ? "" : e.getSqlState();
        String text = e.getErrorMessage() + " (SQLSTATE " + state + ")";
        if (state.equals(CANCELLED)) {
            return new Failure(QueryOutcome.timeout, UNAVAILABLE, "sql", "the database says: " + text, true);
        }
        return switch (connected && state.length() > 2 ? state.substring(0, 2) : "") {
            // of the data, as a division by zero or an id that is no uuid; or raised by a function
            case "22", "P0" -> wrong(text, false);
            // syntax, names and rights
            case "42", "0A" -> wrong(text, true);
            default -> unavailable("sql", "the database says: " + text);
        };
    }

    private static Failure unavailable(String field, String text) {
        return new Failure(QueryOutcome.unavailable, UNAVAILABLE, field, text, true);
    }

    private static Failure wrong(String text, boolean ofAll) {
        return new Failure(QueryOutcome.error, QUERY, "sql.query", text, ofAll);
    }

    private static String text(Throwable e) {
        return e.getMessage() == null ? e.toString() : e.getMessage();
    }
}
