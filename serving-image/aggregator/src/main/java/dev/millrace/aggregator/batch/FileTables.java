package dev.millrace.aggregator.batch;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.stream.Collectors;
import org.duckdb.DuckDBConnection;
import org.jspecify.annotations.Nullable;

/** Files as tables of DuckDB, and what stands in them as JSON's parser would have given it. */
public final class FileTables {
    private FileTables() {}

    /**
     * A database with bounded memory: results are streamed, never collected, and what is sorted and does not fit goes to disk.
     * Nothing is downloaded: extensions that are not built in stay out.
     *
     * @param file of the database; null = in memory
     * @param scratch directory for what does not fit
     */
    public static DuckDBConnection open(@Nullable Path file, Path scratch) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("jdbc_stream_results", "true");
        DuckDBConnection connection = (DuckDBConnection)
                DriverManager.getConnection("jdbc:duckdb:" + (file == null ? "" : file.toString()), properties);
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET memory_limit = '256MB'");
            statement.execute("SET threads = 1");
            statement.execute("SET preserve_insertion_order = true");
            statement.execute("SET autoinstall_known_extensions = false");
            statement.execute("SET temp_directory = " + literal(scratch + "/duckdb"));
        }
        return connection;
    }

    /**
     * All files of a path as one table: a file, or a directory with files of one format.
     *
     * @throws SourceException naming what was looked for
     */
    public static String of(Path path) throws SourceException {
        List<BatchFormat> formats = new ArrayList<>();
        for (BatchFormat format : BatchFormat.values()) {
            if (Files.isDirectory(path)) {
                try {
                    BatchFiles.find(path.toString(), format);
                    formats.add(format);
                } catch (SourceException e) {
                    // none of this format
                }
            } else if (format.endings().stream().anyMatch(path.toString()::endsWith)) {
                formats.add(format);
            }
        }
        if (formats.size() != 1) {
            throw new SourceException(
                    path + (formats.isEmpty() ? ": is nothing" : ": holds files of more than one kind, not")
                            + " that ends with .parquet, .csv, .csv.gz, .jsonl or .jsonl.gz");
        }
        return of(formats.get(0), BatchFiles.find(path.toString(), formats.get(0)));
    }

    static String of(BatchFormat format, List<Path> files) {
        String list = files.stream().map(f -> literal(f.toString())).collect(Collectors.joining(", ", "[", "]"));
        return switch (format) {
            case PARQUET -> "read_parquet(" + list + ", union_by_name = true)";
            case CSV -> "read_csv(" + list + ", header = true, all_varchar = true, union_by_name = true)";
            case JSONL ->
                "read_json(" + list + ", format = 'newline_delimited', sample_size = -1, union_by_name = true)";
        };
    }

    /** Whole numbers as {@code Long}, others as {@code Double}, what is neither nor a boolean as text. */
    public static @Nullable Object value(@Nullable Object value) {
        if (value instanceof Integer || value instanceof Short || value instanceof Byte) {
            return ((Number) value).longValue();
        }
        if (value instanceof BigInteger whole) {
            return whole.bitLength() < Long.SIZE ? (Object) whole.longValue() : whole.doubleValue();
        }
        if (value instanceof Float || value instanceof BigDecimal) {
            return ((Number) value).doubleValue();
        }
        return value == null || value instanceof Long || value instanceof Double || value instanceof Boolean
                ? value
                : value.toString();
    }

    /**
     * A time as text: ISO 8601, or seconds to ns since 1970.
     *
     * @throws IllegalArgumentException naming the column and what it should have been
     */
    public static long timeMs(String column, @Nullable String text) {
        return RowCodec.time(column, text);
    }

    /** A column's name in a query. */
    public static String quoted(String column) {
        return BatchFormat.quoted(column);
    }

    /** A column as text. */
    public static String text(String column) {
        return "CAST(" + quoted(column) + " AS VARCHAR)";
    }

    public static String literal(String text) {
        return "'" + text.replace("'", "''") + "'";
    }
}
