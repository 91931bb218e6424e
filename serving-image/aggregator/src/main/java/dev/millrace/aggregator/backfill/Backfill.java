package dev.millrace.aggregator.backfill;

import dev.millrace.aggregator.batch.FileTables;
import dev.millrace.aggregator.batch.SourceException;
import dev.millrace.aggregator.event.Event;
import dev.millrace.aggregator.event.RejectedEventException;
import dev.millrace.contract.config.ConfigException;
import dev.millrace.contract.config.Entity;
import dev.millrace.contract.config.FeatureGroup;
import dev.millrace.contract.config.ServingConfig.Features;
import dev.millrace.contract.feature.ColumnCodec;
import dev.millrace.contract.feature.TileLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.CRC32C;
import org.duckdb.DuckDBAppender;
import org.jspecify.annotations.Nullable;

/**
 * One worker's part of a training set: labels become rows with the vector that a server would have assembled at their time.
 * Labels are divided by the id of the first group's entity; what a row gets does not depend on it.
 */
final class Backfill {
    /** Column of a part that says the label's place among all. */
    static final String ROW = "millrace_row";

    private static final String NS = "backfill";
    private static final long PROGRESS_NANOS = Duration.ofSeconds(2).toNanos();
    /** Rejected events that are told one by one. */
    private static final int TOLD = 10;

    private final Features features;
    private final List<TrainingColumn> columns;
    private final List<FeatureGroup> groups;
    private final Inputs inputs;
    private final int worker;
    private final int workers;
    private final Consumer<String> out;
    private long toldAt = System.nanoTime();
    private long rejected;

    /**
     * @param worker from 0 to {@code workers - 1}
     * @throws ConfigException naming what the inputs lack
     */
    Backfill(Features features, Inputs inputs, int worker, int workers, Consumer<String> out) {
        this.features = features;
        this.columns = TrainingColumn.of(features);
        this.groups = columns.stream()
                .map(TrainingColumn::group)
                .filter(Objects::nonNull)
                .distinct()
                .toList();
        this.inputs = inputs;
        this.worker = worker;
        this.workers = workers;
        this.out = out;
        Set<String> names = groups.stream().map(FeatureGroup::name).collect(Collectors.toCollection(TreeSet::new));
        for (FeatureGroup group : groups) {
            FeatureGroup.Batch batch = group.batch();
            if (group.sql() != null) {
                throw new ConfigException("groups[" + group.name()
                        + "].sql: a database has what holds now, and not what a server knew at a label's time; use"
                        + " `millrace replay`, whose prediction log has it");
            }
            if (!inputs.events().containsKey(group.name())) {
                throw new ConfigException("--events " + group.name() + "=PATH is missing: the model reads this group");
            }
            if (group.stream() == null && (batch == null || batch.timestampField() == null)) {
                throw new ConfigException("groups[" + group.name()
                        + "].batch.timestampField: rows without a time cannot be told from later ones");
            }
        }
        for (String name : inputs.events().keySet()) {
            if (!names.contains(name)) {
                throw new ConfigException(
                        "--events " + name + ": the model's vector has no such group, it has " + names);
            }
        }
        if (!names.containsAll(inputs.knownAt().keySet())) {
            throw new ConfigException("--known-at: the model's vector has groups " + names);
        }
    }

    /** What became of it. */
    record Outcome(long rows, long rejectedEvents) {}

    /** Writes the part as Parquet, its rows in the order of the labels. */
    Outcome write(Path part, Path scratch) throws SourceException {
        try (Staging staging = new Staging(scratch)) {
            staging.execute("CREATE TABLE labels AS SELECT row_number() OVER () - 1 AS " + ROW + ", * FROM "
                    + FileTables.of(inputs.labels()));
            staging.execute("CREATE TABLE mine (r BIGINT)");
            for (int g = 0; g < groups.size(); g++) {
                staging.execute("CREATE TABLE asked_" + g + " (k VARCHAR, t BIGINT, r BIGINT)");
            }
            long rows = ask(staging);
            for (int g = 0; g < groups.size(); g++) {
                stage(staging, g);
                answer(staging, g);
            }
            staging.execute("COPY (" + result(labelColumns(staging)) + ") TO " + FileTables.literal(part.toString())
                    + " (FORMAT parquet)");
            return new Outcome(rows, rejected);
        } catch (SQLException e) {
            throw new SourceException(
                    String.valueOf(e.getMessage()).lines().limit(3).collect(Collectors.joining(" ")), e);
        }
    }

    /** Which labels are this worker's, and what they ask of each group. */
    private long ask(Staging staging) throws SQLException, SourceException {
        long[] rows = {0};
        List<DuckDBAppender> asked = new ArrayList<>();
        try (DuckDBAppender mine = staging.appender("mine")) {
            for (int g = 0; g < groups.size(); g++) {
                asked.add(staging.appender("asked_" + g));
            }
            staging.read(
                    "SELECT " + ROW + ", " + FileTables.text(inputs.labelTime()) + ", * FROM labels", (number, row) -> {
                        Map<String, Object> fields = row.fields(2);
                        if (!isMine(row.number(1), fields)) {
                            return;
                        }
                        rows[0]++;
                        mine.beginRow().append(row.number(1)).endRow();
                        long t;
                        try {
                            t = FileTables.timeMs(inputs.labelTime(), row.text(2));
                            for (int g = 0; g < groups.size(); g++) {
                                String key = key(groups.get(g), fields);
                                if (key != null) {
                                    asked.get(g)
                                            .beginRow()
                                            .append(key)
                                            .append(t)
                                            .append(row.number(1))
                                            .endRow();
                                }
                            }
                        } catch (IllegalArgumentException e) {
                            throw new SourceException("labels row " + number + ": " + e.getMessage(), e);
                        }
                    });
        } finally {
            for (DuckDBAppender appender : asked) {
                appender.close();
            }
        }
        return rows[0];
    }

    private boolean isMine(long row, Map<String, Object> fields) {
        if (workers == 1) {
            return true;
        }
        String key = groups.isEmpty() ? Long.toString(row) : key(groups.get(0), fields);
        CRC32C crc = new CRC32C();
        crc.update((key == null ? Long.toString(row) : key).getBytes(StandardCharsets.UTF_8));
        return crc.getValue() % workers == worker;
    }

    /** Null when the label has no id for it: its features are missing then. */
    private @Nullable String key(FeatureGroup group, Map<String, Object> fields) {
        return RowEvents.key(NS, entity(group), group, fields);
    }

    private Entity entity(FeatureGroup group) {
        return features.entities().stream()
                .filter(e -> e.name().equals(group.entity()))
                .findFirst()
                .orElseThrow(() -> new ConfigException(
                        "groups[" + group.name() + "].entity: there is no entity '" + group.entity() + "'"));
    }

    /** The group's events with the columns that count, as the aggregator and the loader would read them. */
    private void stage(Staging staging, int g) throws SQLException, SourceException {
        FeatureGroup group = groups.get(g);
        boolean stream = group.stream() != null;
        List<String> names = stream
                ? TileLayout.whole(group).columns()
                : ColumnCodec.of(group).features();
        staging.execute("CREATE TABLE events_" + g + " (k VARCHAR, v BIGINT, t BIGINT, q BIGINT, i BIGINT"
                + IntStream.range(0, names.size())
                        .mapToObj(i -> ", d" + i + " DOUBLE, h" + i + " BIGINT, n" + i + " BOOLEAN")
                        .collect(Collectors.joining())
                + ")");
        RowEvents rows = RowEvents.of(NS, entity(group), group, names);
        String known = inputs.knownAt().get(group.name());
        String query = "SELECT " + FileTables.text(rows.timeField()) + ", "
                + (known == null ? "NULL" : FileTables.text(known)) + ", * FROM "
                + FileTables.of(Objects.requireNonNull(inputs.events().get(group.name()), "checked at the start"));
        try (DuckDBAppender events = staging.appender("events_" + g)) {
            staging.read(query, (number, row) -> {
                try {
                    long timeMs = FileTables.timeMs(rows.timeField(), row.text(1));
                    long knownMs = known == null ? timeMs : Math.max(timeMs, FileTables.timeMs(known, row.text(2)));
                    Event event = rows.read(row.fields(2), timeMs);
                    if (event != null) {
                        events.beginRow()
                                .append(event.storeKey())
                                // an example sees what happened before it and was known by then
                                .append(Math.max(timeMs + 1, knownMs))
                                .append(timeMs)
                                .append(number)
                                .append(event.id());
                        for (int i = 0; i < names.size(); i++) {
                            boolean none = event.columns().isNull(i);
                            events.append(none ? 0.0 : event.columns().number(i))
                                    .append(none ? 0L : event.columns().hash(i))
                                    .append(none);
                        }
                        events.endRow();
                    }
                } catch (RejectedEventException | IllegalArgumentException e) {
                    reject(group.name() + " row " + number + ": " + e.getMessage());
                }
                progress(() -> group.name() + ": " + number + " rows read");
            });
        }
    }

    /** Walks events and labels of each entity side by side. */
    private void answer(Staging staging, int g) throws SQLException, SourceException {
        FeatureGroup group = groups.get(g);
        PointInTime store = PointInTime.of(group);
        int width = group.stream() != null
                ? TileLayout.whole(group).width()
                : ColumnCodec.of(group).width();
        staging.execute("CREATE TABLE answers_" + g + " (r BIGINT"
                + IntStream.range(0, width).mapToObj(i -> ", f" + i + " DOUBLE").collect(Collectors.joining()) + ")");
        int eventColumns =
                group.stream() != null ? TileLayout.whole(group).columns().size() : width;
        String more = IntStream.range(0, eventColumns)
                .mapToObj(i -> ", d" + i + ", h" + i + ", n" + i)
                .collect(Collectors.joining());
        String query = "SELECT k, v, 1 AS kind, t, q, i" + more + " FROM events_" + g
                + " WHERE k IN (SELECT k FROM asked_"
                + g + ") UNION ALL SELECT k, t, 2, t, r, 0" + ", NULL, NULL, NULL".repeat(eventColumns) + " FROM asked_"
                + g
                + " ORDER BY k, v, kind, t, q";
        String[] entity = {null};
        try (DuckDBAppender answers = staging.appender("answers_" + g)) {
            staging.read(query, (number, row) -> {
                String key = row.text(1);
                if (!Objects.equals(key, entity[0])) {
                    entity[0] = key;
                    store.reset();
                }
                if (row.number(3) == 1) {
                    long timeMs = row.number(4);
                    store.event(
                            row.number(2) == timeMs + 1 ? timeMs : row.number(2), timeMs, row.event(7), row.number(6));
                } else {
                    double[] values = store.at(row.number(2));
                    if (values != null) {
                        answers.beginRow().append(row.number(5));
                        for (double value : values) {
                            answers.append(value);
                        }
                        answers.endRow();
                    }
                }
                progress(() -> group.name() + ": " + number + " events and labels merged");
            });
        }
        staging.execute("DROP TABLE events_" + g);
    }

    private static Set<String> labelColumns(Staging staging) throws SQLException, SourceException {
        Set<String> names = new LinkedHashSet<>();
        staging.read("DESCRIBE labels", (number, row) -> names.add(String.valueOf(row.text(1))));
        return names;
    }

    /** Labels, then the vector in its order; what has neither value nor default is null. */
    private String result(Set<String> labelColumns) throws SourceException {
        Set<String> own = new LinkedHashSet<>();
        List<String> selected = new ArrayList<>();
        for (TrainingColumn column : columns) {
            String name = FileTables.quoted(column.name());
            String orDefault = Double.isNaN(column.byDefault()) ? "NULL" : Double.toString(column.byDefault());
            String value;
            if (column.group() != null) {
                value = "a" + groups.indexOf(column.group()) + ".f" + column.index();
            } else if (labelColumns.contains(column.name())) {
                value = "CAST(l." + name + " AS DOUBLE)";
                own.add(name);
            } else if (Double.isNaN(column.byDefault())) {
                throw new SourceException("the labels have no column '" + column.name()
                        + "', which features.request has without a default; they have "
                        + String.join(", ", labelColumns));
            } else {
                selected.add(orDefault + "::DOUBLE AS " + name);
                continue;
            }
            selected.add("CASE WHEN " + value + " IS NULL OR isnan(" + value + ") THEN " + orDefault + " ELSE " + value
                    + " END AS " + name);
        }
        String labels = own.isEmpty() ? "l.*" : "l.* EXCLUDE (" + String.join(", ", own) + ")";
        StringBuilder from = new StringBuilder(" FROM labels l SEMI JOIN mine m ON l." + ROW + " = m.r");
        for (int g = 0; g < groups.size(); g++) {
            from.append(" LEFT JOIN answers_")
                    .append(g)
                    .append(" a")
                    .append(g)
                    .append(" ON a")
                    .append(g);
            from.append(".r = l." + ROW);
        }
        return "SELECT " + labels + ", " + String.join(", ", selected) + from + " ORDER BY l." + ROW;
    }

    private void reject(String why) {
        rejected++;
        if (rejected <= TOLD) {
            out.accept("rejected: " + why);
        } else if (rejected == TOLD + 1) {
            out.accept("rejected: more rows, no longer told one by one");
        }
    }

    private void progress(Supplier<String> line) {
        long now = System.nanoTime();
        if (now - toldAt > PROGRESS_NANOS) {
            toldAt = now;
            out.accept(line.get());
        }
    }
}
