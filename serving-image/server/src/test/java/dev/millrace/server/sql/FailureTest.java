package dev.millrace.server.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.server.metrics.SqlMetrics.QueryOutcome;
import dev.millrace.server.sql.Secret.SecretException;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.ClosedConnectionException;
import java.net.ConnectException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FailureTest {
    @ParameterizedTest
    @CsvSource({
        // SQLSTATE, connected, outcome, reason, field, of all
        "28P01, false, unavailable, DatabaseUnavailable, sql, true",
        "3D000, false, unavailable, DatabaseUnavailable, sql, true",
        "42501, false, unavailable, DatabaseUnavailable, sql, true",
        "53300, true, unavailable, DatabaseUnavailable, sql, true",
        "57P01, true, unavailable, DatabaseUnavailable, sql, true",
        "57014, true, timeout, DatabaseUnavailable, sql, true",
        "42P01, true, error, QueryInvalid, sql.query, true",
        "42703, true, error, QueryInvalid, sql.query, true",
        "42501, true, error, QueryInvalid, sql.query, true",
        "0A000, true, error, QueryInvalid, sql.query, true",
        "22012, true, error, QueryInvalid, sql.query, false",
        "22P02, true, error, QueryInvalid, sql.query, false",
        "P0001, true, error, QueryInvalid, sql.query, false"
    })
    void whatTheDatabaseSays(
            String state, boolean connected, QueryOutcome outcome, String reason, String field, boolean ofAll) {
        Failure failure = Failure.of(new PgException("as it is", "ERROR", state, null), connected);
        assertThat(failure.outcome()).isEqualTo(outcome);
        assertThat(failure.reason()).isEqualTo(reason);
        assertThat(failure.field()).isEqualTo(field);
        assertThat(failure.ofAll()).isEqualTo(ofAll);
        assertThat(failure.text()).contains("as it is", state);
    }

    @Test
    void whatTheClientSays() {
        assertThat(Failure.of(new ConnectException("refused"), false))
                .isEqualTo(new Failure(
                        QueryOutcome.unavailable,
                        "DatabaseUnavailable",
                        "sql",
                        "the database does not answer: refused",
                        true));
        assertThat(Failure.of(ClosedConnectionException.INSTANCE, true).outcome())
                .isEqualTo(QueryOutcome.unavailable);
        assertThat(Failure.of(new SecretException("no key uri", null), false).field())
                .isEqualTo("sql.secretRef");
        Failure parameter = Failure.of(new IllegalArgumentException("cannot be coerced"), true);
        assertThat(parameter.reason()).isEqualTo("QueryInvalid");
        assertThat(parameter.text()).contains("cannot be coerced", "$1::text::bigint");
        assertThat(Failure.of(new RowException("ColumnMismatch", "columns[a]", "none", true), true))
                .isEqualTo(new Failure(QueryOutcome.error, "ColumnMismatch", "columns[a]", "none", true));
    }
}
