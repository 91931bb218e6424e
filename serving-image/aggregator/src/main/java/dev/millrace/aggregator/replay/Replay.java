package dev.millrace.aggregator.replay;

import dev.millrace.aggregator.batch.FileTables;
import dev.millrace.aggregator.batch.SourceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;
import org.jspecify.annotations.Nullable;

/** Collects what was logged on disk and writes it as Parquet, joined with labels where there are some. */
final class Replay implements AutoCloseable {
    /** The column by which labels are joined. */
    static final String ID = "prediction_id";

    private final List<String> features;
    private final List<String> keys;
    private final DuckDBConnection connection;
    private final DuckDBAppender rows;
    private long taken;
    private long foreign;

    /**
     * @param features names of the model's vector: records of another one are left out
     * @param keys names of the entities' keys
     */
    Replay(List<String> features, List<String> keys, Path scratch) throws SourceException {
        this.features = features;
        this.keys = keys;
        try {
            connection = FileTables.open(scratch.resolve("replay.db"), scratch);
            execute("CREATE TABLE log (q BIGINT, id VARCHAR, t BIGINT, version VARCHAR, variant VARCHAR, label VARCHAR,"
                    + " fallback VARCHAR"
                    + IntStream.range(0, keys.size())
                            .mapToObj(i -> ", k" + i + " VARCHAR")
                            .collect(Collectors.joining())
                    + IntStream.range(0, features.size())
                            .mapToObj(i -> ", f" + i + " DOUBLE")
                            .collect(Collectors.joining())
                    + ")");
            rows = connection.createAppender("log");
        } catch (SQLException e) {
            throw new SourceException(String.valueOf(e.getMessage()), e);
        }
    }

    /** What became of it. */
    record Outcome(long logged, long foreign, long rows) {}

    /** A record of the log, as JSON. */
    void take(String json, long sinceMs, long untilMs) throws SourceException {
        Logged logged = Logged.of(json);
        // a ranking's attributes may follow the vector
        if (logged == null
                || logged.names().size() < features.size()
                || !logged.names().subList(0, features.size()).equals(features)) {
            foreign++;
            return;
        }
        if (logged.timeMs() < sinceMs || logged.timeMs() >= untilMs) {
            return;
        }
        try {
            rows.beginRow()
                    .append(taken++)
                    .append(logged.predictionId())
                    .append(logged.timeMs())
                    .append(logged.version())
                    .append(logged.variant());
            text(logged.label());
            text(logged.fallback());
            for (String key : keys) {
                text(logged.ids().get(key));
            }
            for (String feature : features) {
                double value = logged.features().getOrDefault(feature, Double.NaN);
                if (Double.isNaN(value)) {
                    rows.appendNull();
                } else {
                    rows.append(value);
                }
            }
            rows.endRow();
        } catch (SQLException e) {
            throw new SourceException(String.valueOf(e.getMessage()), e);
        }
    }

    private void text(@Nullable String text) throws SQLException {
        if (text == null) {
            rows.appendNull();
        } else {
            rows.append(text);
        }
    }

    /**
     * @param labels with {@link #ID}; null = every prediction is a row, without a label
     */
    Outcome write(@Nullable Path labels, Path out) throws SourceException, IOException {
        Path unfinished = Path.of(out + ".unfinished");
        try {
            rows.close();
            String query = "SELECT id AS " + ID + ", make_timestamp(t * 1000) AS event_time, version, variant, label AS"
                    + " answer, fallback" + named("k", keys) + named("f", features);
            // a retry of the log's producer may have written a prediction twice
            String log = "(SELECT * FROM log QUALIFY row_number() OVER (PARTITION BY id ORDER BY q) = 1)";
            query += labels == null
                    ? " FROM " + log
                    : ", l.* EXCLUDE (" + ID + ") FROM " + log + " JOIN " + FileTables.of(labels) + " l ON id = l."
                            + ID;
            execute("CREATE TABLE result AS " + query + " ORDER BY t, id");
            execute("COPY result TO " + FileTables.literal(unfinished.toString()) + " (FORMAT parquet)");
            Files.move(unfinished, out, StandardCopyOption.REPLACE_EXISTING);
            try (Statement statement = connection.createStatement();
                    ResultSet count = statement.executeQuery("SELECT count(*) FROM result")) {
                count.next();
                return new Outcome(taken, foreign, count.getLong(1));
            }
        } catch (SQLException e) {
            throw new SourceException(
                    String.valueOf(e.getMessage()).lines().limit(3).collect(Collectors.joining(" ")), e);
        }
    }

    private static String named(String prefix, List<String> names) {
        return IntStream.range(0, names.size())
                .mapToObj(i -> ", " + prefix + i + " AS " + FileTables.quoted(names.get(i)))
                .collect(Collectors.joining());
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
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
