package dev.millrace.aggregator.batch;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads files row by row through DuckDB, in file order and with bounded memory: results are streamed, never collected.
 * Nothing is downloaded: extensions that are not built in stay out.
 */
final class Rows implements AutoCloseable {
    private final Connection connection;
    private final BatchFormat format;
    private final List<String> columns;

    /**
     * @param columns that every file must have; a row gives them in this order, as text
     * @param scratch directory for what does not fit the memory
     */
    Rows(BatchFormat format, List<String> columns, Path scratch) throws SourceException {
        this.format = format;
        this.columns = List.copyOf(columns);
        try {
            this.connection = FileTables.open(null, scratch);
        } catch (SQLException e) {
            throw new SourceException("DuckDB cannot start: " + e.getMessage(), e);
        }
    }

    /** Takes rows; {@code number} counts from 1 within the file. */
    interface RowConsumer<X extends Exception> {
        void accept(long number, @Nullable String[] row) throws X;
    }

    /**
     * @param skip rows at the beginning that are not wanted
     * @throws SourceException naming the file and, where it is one, the column
     */
    <X extends Exception> void read(Path file, long skip, RowConsumer<X> consumer) throws SourceException, X {
        checkColumns(file);
        String query = format.rowQuery(columns) + (skip == 0 ? "" : " OFFSET " + skip);
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            statement.setString(1, file.toString());
            try (ResultSet rows = statement.executeQuery()) {
                @Nullable String[] row = new String[columns.size()];
                long number = skip;
                while (rows.next()) {
                    for (int i = 0; i < row.length; i++) {
                        row[i] = rows.getString(i + 1);
                    }
                    consumer.accept(++number, row);
                }
            }
        } catch (SQLException e) {
            throw new SourceException(file + ": " + firstLine(e), e);
        }
    }

    private void checkColumns(Path file) throws SourceException {
        List<String> found = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(format.schemaQuery())) {
            statement.setString(1, file.toString());
            try (ResultSet schema = statement.executeQuery()) {
                while (schema.next()) {
                    found.add(schema.getString(1));
                }
            }
        } catch (SQLException e) {
            throw new SourceException(file + " cannot be read as " + format.specName() + ": " + firstLine(e), e);
        }
        for (String column : columns) {
            if (!found.contains(column)) {
                throw new SourceException(
                        file + ": has no column '" + column + "', it has " + String.join(", ", found));
            }
        }
    }

    static String firstLine(SQLException e) {
        String message = String.valueOf(e.getMessage());
        // DuckDB appends options and candidates that help nobody here
        return message.lines().limit(3).reduce((a, b) -> a + " " + b).orElse(message);
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
