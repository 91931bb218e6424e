package dev.millrace.server.sql;

import dev.millrace.server.features.GroupPlan;
import io.vertx.sqlclient.Tuple;
import io.vertx.sqlclient.desc.ColumnDescriptor;
import java.sql.JDBCType;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** From an answer of the database to a group's values: by the columns' names. Pure. */
final class RowMapping {
    private static final Set<JDBCType> NUMBERS = Set.of(
            JDBCType.SMALLINT,
            JDBCType.INTEGER,
            JDBCType.BIGINT,
            JDBCType.REAL,
            JDBCType.FLOAT,
            JDBCType.DOUBLE,
            JDBCType.NUMERIC,
            JDBCType.DECIMAL,
            JDBCType.BOOLEAN,
            JDBCType.BIT);

    private RowMapping() {}

    /**
     * The statement that is sent: of the spec's query two rows at most, so that one without a condition brings no table
     * here; and nothing but a query can stand in its place.
     */
    static String statement(String query) {
        // a comment at its end must not take the bracket with it
        return "SELECT * FROM (\n" + query + "\n) AS millrace LIMIT 2";
    }

    /**
     * @return null when the database has no row
     * @throws RowException saying which column is not there, is no number or does not fit
     */
    static double @Nullable [] values(GroupPlan group, List<ColumnDescriptor> columns, List<? extends Tuple> rows)
            throws RowException {
        int[] places = places(group, columns);
        if (rows.isEmpty()) {
            return null;
        }
        if (rows.size() > 1) {
            throw new RowException(
                    Failure.QUERY,
                    "sql.query",
                    "gives more than one row for an entity; add a condition or LIMIT 1",
                    false);
        }
        double[] values = new double[places.length];
        for (int i = 0; i < places.length; i++) {
            Object value = rows.get(0).getValue(places[i]);
            values[i] = value == null
                    ? Double.NaN
                    : value instanceof Boolean b ? (b ? 1 : 0) : ((Number) value).doubleValue();
        }
        try {
            return group.fit(values);
        } catch (IllegalArgumentException e) {
            throw new RowException(Failure.COLUMN, "columns", String.valueOf(e.getMessage()), false);
        }
    }

    private static int[] places(GroupPlan group, List<ColumnDescriptor> columns) throws RowException {
        int[] places = new int[group.features().size()];
        for (int i = 0; i < places.length; i++) {
            String name = group.features().get(i);
            places[i] = place(name, columns);
            ColumnDescriptor found = columns.get(places[i]);
            if (found.isArray() || !NUMBERS.contains(found.jdbcType())) {
                throw new RowException(
                        Failure.COLUMN,
                        field(name),
                        "the query gives " + found.typeName().toLowerCase(Locale.ROOT)
                                + ", and a feature is a number; cast it in the query, as in " + name
                                + "::float8 AS " + name,
                        true);
            }
        }
        return places;
    }

    private static String field(String column) {
        return "columns[" + column + "]";
    }

    private static int place(String name, List<ColumnDescriptor> columns) throws RowException {
        int place = -1;
        for (int i = 0; i < columns.size(); i++) {
            if (columns.get(i).name().equals(name)) {
                if (place >= 0) {
                    throw new RowException(
                            Failure.COLUMN, field(name), "the query gives two columns of this name", true);
                }
                place = i;
            }
        }
        if (place < 0) {
            String given = columns.stream().map(ColumnDescriptor::name).collect(Collectors.joining(", "));
            throw new RowException(
                    Failure.COLUMN,
                    field(name),
                    "the query gives no column of this name, it gives " + given
                            + "; PostgreSQL makes names lower case that are not in double quotes",
                    true);
        }
        return place;
    }
}
