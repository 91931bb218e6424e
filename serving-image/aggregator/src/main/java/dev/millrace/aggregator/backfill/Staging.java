package dev.millrace.aggregator.backfill;

import dev.millrace.aggregator.batch.FileTables;
import dev.millrace.aggregator.batch.SourceException;
import dev.millrace.contract.feature.EventColumns;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;
import org.jspecify.annotations.Nullable;

/** A database on disk that sorts what memory would not hold. One worker's own. */
final class Staging implements AutoCloseable {
    private final DuckDBConnection connection;

    /** @param scratch a directory of the worker's own */
    Staging(Path scratch) throws SQLException {
        this.connection = FileTables.open(scratch.resolve("backfill.db"), scratch);
    }

    void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Takes rows; {@code number} counts from 1. */
    interface RowConsumer {
        void accept(long number, Row row) throws SQLException, SourceException;
    }

    /** A row of a query, valid until the next. */
    record Row(ResultSet result) {
        long number(int column) throws SQLException {
            return result.getLong(column);
        }

        @Nullable
        String text(int column) throws SQLException {
            return result.getString(column);
        }

        /** Columns from one on as an event, three each: number, hash, whether it is null. */
        EventColumns event(int from) {
            return new EventColumns() {
                @Override
                public double number(int column) {
                    return get(() -> result.getDouble(from + 3 * column));
                }

                @Override
                public long hash(int column) {
                    return get(() -> result.getLong(from + 3 * column + 1));
                }

                @Override
                public boolean isNull(int column) {
                    return get(() -> result.getBoolean(from + 3 * column + 2));
                }
            };
        }

        /** All columns but the first ones, by name, those that are null left out. */
        Map<String, Object> fields(int after) throws SQLException {
            ResultSetMetaData schema = result.getMetaData();
            Map<String, Object> fields = new HashMap<>();
            for (int i = after + 1; i <= schema.getColumnCount(); i++) {
                Object value = FileTables.value(result.getObject(i));
                if (value != null) {
                    fields.put(schema.getColumnName(i), value);
                }
            }
            return fields;
        }

        private interface Getter<T> {
            T get() throws SQLException;
        }

        private static <T> T get(Getter<T> getter) {
            try {
                return getter.get();
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** Streams a query's rows. What is appended meanwhile goes another way. */
    void read(String query, RowConsumer consumer) throws SQLException, SourceException {
        try (DuckDBConnection own = connection.duplicate();
                Statement statement = own.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            long number = 0;
            while (rows.next()) {
                consumer.accept(++number, new Row(rows));
            }
        }
    }

    DuckDBAppender appender(String table) throws SQLException {
        return connection.createAppender(table);
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
