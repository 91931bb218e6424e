package dev.millrace.aggregator.batch;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads the events of a hybrid group's files through DuckDB, those of one entity after one another, with bounded memory: what
 * does not fit is sorted on disk.
 */
final class EventRows implements AutoCloseable {
    private static final String TIME = "millrace time";

    private final Connection connection;
    private final String files;
    private final String order;
    private final String time;

    /**
     * @param keys columns of the entity's ids
     * @param timestampField column of the event time
     * @param scratch directory for what does not fit the memory
     * @throws SourceException naming the column that is not there
     */
    EventRows(BatchFormat format, List<Path> files, List<String> keys, String timestampField, Path scratch)
            throws SourceException {
        this.files = FileTables.of(format, files);
        this.order = keys.stream().map(FileTables::text).collect(Collectors.joining(", "));
        this.time = FileTables.text(timestampField);
        try {
            this.connection = FileTables.open(null, scratch);
            List<String> needed = new ArrayList<>(keys);
            needed.add(timestampField);
            checkColumns(needed);
        } catch (SQLException e) {
            throw new SourceException(e.getMessage() == null ? e.toString() : Rows.firstLine(e), e);
        }
    }

    private void checkColumns(List<String> needed) throws SQLException, SourceException {
        List<String> found = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet schema = statement.executeQuery("DESCRIBE SELECT * FROM " + files)) {
            while (schema.next()) {
                found.add(schema.getString(1));
            }
        }
        for (String column : needed) {
            if (!found.contains(column)) {
                throw new SourceException(
                        "the files have no column '" + column + "', they have " + String.join(", ", found));
            }
        }
    }

    /** Takes the event time of every row, as text. */
    interface TimeConsumer {
        void accept(@Nullable String time);
    }

    void times(TimeConsumer consumer) throws SourceException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT " + time + " FROM " + files)) {
            while (rows.next()) {
                consumer.accept(rows.getString(1));
            }
        } catch (SQLException e) {
            throw new SourceException(Rows.firstLine(e), e);
        }
    }

    /** Takes rows, those of one entity after one another; {@code number} counts from 1 in that order. */
    interface EventConsumer<X extends Exception> {
        void accept(long number, Map<String, Object> fields, @Nullable String time) throws X;
    }

    <X extends Exception> void read(EventConsumer<X> consumer) throws SourceException, X {
        String query = "SELECT *, " + time + " AS " + FileTables.quoted(TIME) + " FROM " + files + " ORDER BY " + order
                + ", " + time;
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            ResultSetMetaData schema = rows.getMetaData();
            int columns = schema.getColumnCount();
            long number = 0;
            while (rows.next()) {
                Map<String, Object> fields = new HashMap<>();
                for (int i = 1; i < columns; i++) {
                    Object value = FileTables.value(rows.getObject(i));
                    if (value != null) {
                        fields.put(schema.getColumnName(i), value);
                    }
                }
                consumer.accept(++number, fields, rows.getString(columns));
            }
        } catch (SQLException e) {
            throw new SourceException(Rows.firstLine(e), e);
        }
    }

    @Override
    public void close() throws SourceException {
        try {
            connection.close();
        } catch (SQLException e) {
            throw new SourceException("DuckDB cannot stop: " + e.getMessage(), e);
        }
    }
}
