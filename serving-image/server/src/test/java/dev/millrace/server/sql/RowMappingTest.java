package dev.millrace.server.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.contract.config.FeatureGroup;
import dev.millrace.contract.config.FeatureGroup.Column;
import dev.millrace.contract.config.FeatureGroup.Sql;
import dev.millrace.contract.config.ServingConfig.Features;
import dev.millrace.contract.config.Store;
import dev.millrace.server.Specs;
import dev.millrace.server.features.GroupPlan;
import dev.millrace.server.features.VectorPlan;
import io.vertx.sqlclient.Tuple;
import io.vertx.sqlclient.desc.ColumnDescriptor;
import java.math.BigDecimal;
import java.sql.JDBCType;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RowMappingTest {
    private record Described(String name, JDBCType jdbcType, boolean isArray) implements ColumnDescriptor {
        Described(String name, JDBCType type) {
            this(name, type, false);
        }

        @Override
        public String typeName() {
            return jdbcType.name();
        }
    }

    private static GroupPlan group(Column... columns) {
        FeatureGroup group = new FeatureGroup(
                "notes",
                "customer",
                "5a1c",
                null,
                null,
                List.of(),
                List.of(columns),
                1,
                null,
                null,
                null,
                "Default",
                "Serve",
                new Sql("/none", "select 1", 1, 1, 1, 1));
        return VectorPlan.of(new Features(
                        new Store("redis://none:1", null, null, null),
                        List.of(Specs.CUSTOMER),
                        List.of(group),
                        List.of(),
                        List.of("notes." + columns[0].name()),
                        "Default",
                        "Serve"))
                .groups()
                .get(0);
    }

    private static final GroupPlan TWO = group(new Column("score", "FP32", "0.5"), new Column("active", "BOOL", "0"));

    private static final List<ColumnDescriptor> DESCRIBED = List.of(
            new Described("active", JDBCType.BOOLEAN),
            new Described("id", JDBCType.VARCHAR),
            new Described("score", JDBCType.NUMERIC));

    @Test
    void takesColumnsByNameInTheirDatatypesWithDefaultsForNulls() throws Exception {
        assertThat(RowMapping.values(TWO, DESCRIBED, List.of(Tuple.of(true, "c", new BigDecimal("0.1")))))
                .containsExactly(0.1f, 1);
        assertThat(RowMapping.values(TWO, DESCRIBED, List.of(Tuple.of(null, "c", null))))
                .containsExactly(0.5, 0);
        assertThat(RowMapping.values(TWO, DESCRIBED, List.of())).isNull();
    }

    @Test
    void twoRowsAreOneTooMany() {
        assertThatThrownBy(() ->
                        RowMapping.values(TWO, DESCRIBED, List.of(Tuple.of(true, "c", 1), Tuple.of(true, "c", 2))))
                .hasMessageContaining("more than one row")
                .matches(e -> !((RowException) e).isOfAll(), "concerns this entity alone");
    }

    /** Also of an answer without a row, so that it is told at the start. */
    @ParameterizedTest
    @EnumSource(names = {"VARCHAR", "DATE", "TIMESTAMP", "OTHER", "BINARY"})
    void whatIsNoNumberIsNamed(JDBCType type) {
        assertThatThrownBy(() -> RowMapping.values(
                        TWO,
                        List.of(new Described("score", type), new Described("active", JDBCType.BOOLEAN)),
                        List.of()))
                .hasMessageContaining(type.name().toLowerCase(java.util.Locale.ROOT))
                .hasMessageContaining("score::float8 AS score")
                .matches(e -> ((RowException) e).isOfAll(), "concerns all")
                .matches(e -> ((RowException) e).field().equals("columns[score]"));
    }

    @Test
    void arraysAndMissingAndDoubleColumnsAreNamed() {
        assertThatThrownBy(() -> RowMapping.values(
                        TWO,
                        List.of(new Described("score", JDBCType.REAL, true), new Described("active", JDBCType.BIT)),
                        List.of()))
                .hasMessageContaining("a feature is a number");
        assertThatThrownBy(() -> RowMapping.values(
                        TWO,
                        List.of(new Described("Score", JDBCType.REAL), new Described("active", JDBCType.BIT)),
                        List.of()))
                .hasMessageContaining("it gives Score, active")
                .hasMessageContaining("double quotes");
        assertThatThrownBy(() -> RowMapping.values(
                        TWO,
                        List.of(new Described("score", JDBCType.REAL), new Described("score", JDBCType.REAL)),
                        List.of()))
                .hasMessageContaining("two columns");
    }

    @Test
    void aValueThatDoesNotFitIsOfItsEntity() {
        GroupPlan small = group(new Column("score", "INT8", "0"));
        List<ColumnDescriptor> described = List.of(new Described("score", JDBCType.INTEGER));
        assertThatThrownBy(() -> RowMapping.values(small, described, List.of(Tuple.of(300))))
                .hasMessageContaining("column score: 300.0 does not fit INT8")
                .matches(e -> !((RowException) e).isOfAll(), "concerns this entity alone");
    }

    @Test
    void onlyAQueryCanBeSentAndTwoRowsComeAtMost() {
        assertThat(RowMapping.statement("select a from t where id = $1 -- by id"))
                .isEqualTo("SELECT * FROM (\nselect a from t where id = $1 -- by id\n) AS millrace LIMIT 2");
    }
}
