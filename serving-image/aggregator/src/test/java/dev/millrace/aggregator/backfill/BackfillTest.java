package dev.millrace.aggregator.backfill;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.contract.config.ConfigException;
import dev.millrace.contract.config.Entity;
import dev.millrace.contract.config.Entity.EntityKey;
import dev.millrace.contract.config.FeatureGroup;
import dev.millrace.contract.config.FeatureGroup.Column;
import dev.millrace.contract.config.FeatureGroup.Sql;
import dev.millrace.contract.config.ServingConfig.Features;
import dev.millrace.contract.config.Store;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BackfillTest {
    /** Whatever files are given for it: they would not be what servers had. */
    @Test
    void anSqlGroupIsRefusedByName() {
        FeatureGroup notes = new FeatureGroup(
                "notes",
                "customer",
                "5a1c",
                null,
                null,
                List.of(),
                List.of(new Column("score", "FP32", "0")),
                1,
                null,
                null,
                null,
                "Default",
                "Serve",
                new Sql("/none", "select score from notes where id = $1", 1, 1, 1, 1));
        Features features = new Features(
                new Store("redis://none:1", null, null, null),
                List.of(new Entity("customer", List.of(new EntityKey("customer_id", "STRING")))),
                List.of(notes),
                List.of(),
                List.of("notes.score"),
                "Default",
                "Serve");
        Inputs inputs = new Inputs(Path.of("labels.csv"), "ts", Map.of("notes", Path.of("notes.csv")), Map.of());
        assertThatThrownBy(() -> new Backfill(features, inputs, 0, 1, line -> {}))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("groups[notes].sql")
                .hasMessageContaining("millrace replay");
    }
}
