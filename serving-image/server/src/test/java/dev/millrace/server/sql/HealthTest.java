package dev.millrace.server.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.server.metrics.SqlMetrics.QueryOutcome;
import org.junit.jupiter.api.Test;

class HealthTest {
    private static final Failure DOWN =
            new Failure(QueryOutcome.unavailable, "DatabaseUnavailable", "sql", "does not answer", true);
    private static final Failure TWO_ROWS =
            new Failure(QueryOutcome.error, "QueryInvalid", "sql.query", "gives more than one row", false);

    private final Health health = new Health("notes");

    @Test
    void nothingIsKnownBeforeTheFirstAnswer() {
        assertThat(health.isKnown()).isFalse();
        assertThat(health.trouble()).isNull();
        assertThat(health.sinceAnswerMs(5_000_000)).isNull();
        health.answered(false, 1_000_000);
        assertThat(health.isKnown()).isTrue();
        assertThat(health.sinceAnswerMs(5_000_000)).isEqualTo(4);
    }

    @Test
    void aDatabaseThatIsDownIsTroubleUntilItIsUp() {
        health.down(DOWN);
        assertThat(health.trouble())
                .isEqualTo(new Trouble("DatabaseUnavailable", "features.groups[notes].sql: does not answer"));
        health.up();
        assertThat(health.trouble()).isNull();
    }

    @Test
    void entitiesThatCannotBeReadAreTroubleWhenTheyAreManyInARow() {
        health.entityFailed(TWO_ROWS, 1);
        health.entityFailed(TWO_ROWS, 2);
        health.answered(true, 3);
        health.entityFailed(TWO_ROWS, 4);
        health.entityFailed(TWO_ROWS, 5);
        assertThat(health.trouble()).as("two in a row").isNull();
        health.entityFailed(TWO_ROWS, 6);
        assertThat(health.trouble())
                .isEqualTo(new Trouble("QueryInvalid", "features.groups[notes].sql.query: gives more than one row"));
        health.down(DOWN);
        assertThat(health.trouble()).as("the worse").extracting("reason").isEqualTo("DatabaseUnavailable");
        health.up();
        health.answered(false, 7);
        assertThat(health.trouble()).as("no entity was read").isNotNull();
        health.answered(true, 8);
        assertThat(health.trouble()).isNull();
    }
}
