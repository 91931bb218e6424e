package dev.millrace.server.sql;

import dev.millrace.contract.config.FeatureGroup;
import dev.millrace.contract.status.ServerStatus.GroupStatus;
import dev.millrace.server.features.GroupPlan;
import dev.millrace.server.features.GroupRead;
import dev.millrace.server.features.RowSource;
import dev.millrace.server.features.VectorPlan;
import dev.millrace.server.metrics.ServerMetrics;
import dev.millrace.server.metrics.SqlMetrics;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** All sql groups of a server. One for the process: what one event loop has had read, the others have too. */
public final class SqlReaders implements RowSource {
    private final Map<String, SqlReader> readers = new LinkedHashMap<>();
    private final SqlMetrics metrics;

    private SqlReaders(Vertx vertx, List<GroupPlan> groups, ServerMetrics counted) {
        this.metrics =
                new SqlMetrics(counted, groups.stream().map(GroupPlan::name).toList());
        Context context = vertx.getOrCreateContext();
        for (GroupPlan group : groups) {
            FeatureGroup.Sql spec = group.group().sql();
            if (spec != null) {
                readers.put(group.name(), new SqlReader(vertx, context, group, spec, readers.size(), metrics));
            }
        }
    }

    /** Null = the plan has no such group. */
    public static @Nullable SqlReaders of(Vertx vertx, VectorPlan plan, ServerMetrics counted) {
        List<GroupPlan> groups = plan.groups().stream().filter(GroupPlan::isSql).toList();
        return groups.isEmpty() ? null : new SqlReaders(vertx, groups, counted);
    }

    public void start() {
        readers.values().forEach(SqlReader::start);
    }

    public void close() {
        readers.values().forEach(SqlReader::close);
    }

    /** Another version is served. */
    public void follow(ServerMetrics next) {
        metrics.follow(next);
    }

    @Override
    public GroupRead read(GroupPlan group, List<String> ids, long nowMs) {
        SqlReader reader = readers.get(group.name());
        return reader == null ? GroupRead.MISSING : reader.read(ids);
    }

    /** For {@code /millrace/status}. */
    public List<GroupStatus> statuses() {
        List<GroupStatus> all = new ArrayList<>();
        readers.values().forEach(reader -> all.add(reader.status()));
        return all;
    }

    /** The first group's that has any; null = none. */
    public @Nullable Trouble trouble() {
        return readers.values().stream()
                .map(SqlReader::trouble)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    /** Shows what a version's metrics ask for at a scrape. */
    public void show(ServerMetrics of) {
        SqlMetrics.show(of, out -> each(out, SqlReader::running), out -> each(out, SqlReader::entries));
    }

    private void each(BiConsumer<Double, String[]> out, ToDoubleFunction<SqlReader> number) {
        readers.values().forEach(reader -> out.accept(number.applyAsDouble(reader), new String[] {reader.name()}));
    }
}
