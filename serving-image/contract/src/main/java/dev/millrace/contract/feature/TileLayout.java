package dev.millrace.contract.feature;

import dev.millrace.contract.config.ConfigException;
import dev.millrace.contract.config.FeatureGroup;
import dev.millrace.contract.config.FeatureGroup.Aggregation;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/**
 * How a stream group's aggregations share tiles; compiled once per group, immutable.
 *
 * <p>Every aggregation takes the coarsest hop that suits its window ({@link Window}); those with equal hops share a
 * level, and within it their intermediate results, so that an event updates one tile per level however many aggregations
 * there are.
 */
public final class TileLayout {
    /** Goes up when the same definition gets other bytes. */
    private static final int FORMAT = 1;

    private static final int MAX_SLOTS = 0xffff;
    /** Files hold events in any order. */
    private static final long NEVER_LATE = Long.MAX_VALUE / 4;

    private final List<String> columns;
    private final List<String> features;
    private final List<Window> windows;
    private final double[] defaults;
    private final int schemaHash;
    private final long maxFutureMs;
    private final long allowedLatenessMs;

    /** What the stream of a hybrid group keeps; of another group the longest window. */
    private final long tailMs;

    final List<TileLevel> levels;
    /** By level. */
    final List<List<Output>> outputs;

    private TileLayout(FeatureGroup g, FeatureGroup.Stream stream, long tailMs, boolean onlyTail) {
        this.tailMs = tailMs;
        this.maxFutureMs = stream.maxFutureMs();
        this.allowedLatenessMs = g.batch() != null && !onlyTail ? NEVER_LATE : stream.allowedLatenessMs();

        List<String> cols = new ArrayList<>();
        List<String> names = new ArrayList<>();
        List<Double> whenMissing = new ArrayList<>();
        List<PlannedAggregation> planned = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        StringBuilder definition = new StringBuilder("tiles ").append(FORMAT).append('\n');
        for (Aggregation a : g.aggregations()) {
            String field = "features.groups[" + g.name() + "].aggregations[" + a.name() + "]";
            if (!seen.add(a.name())) {
                throw new ConfigException(field + ": the name is taken twice");
            }
            PlannedAggregation p = PlannedAggregation.of(field, a, cols, names.size());
            planned.add(p);
            for (int i = 0; i < p.width(); i++) {
                names.add(p.isList() ? a.name() + "[" + i + "]" : a.name());
                whenMissing.add(p.whenEmpty());
            }
            definition
                    .append(a.name())
                    .append('|')
                    .append(p.function().specName())
                    .append('|')
                    .append(a.column())
                    .append('|')
                    .append(a.windowMs())
                    .append('|')
                    .append(p.size())
                    .append('\n');
        }
        this.columns = List.copyOf(cols);
        this.features = List.copyOf(names);
        this.defaults = whenMissing.stream().mapToDouble(Double::doubleValue).toArray();

        TreeMap<Long, List<PlannedAggregation>> byHop = new TreeMap<>();
        planned.forEach(
                p -> byHop.computeIfAbsent(p.hopMs(), h -> new ArrayList<>()).add(p));
        List<TileLevel> allLevels = new ArrayList<>();
        List<List<Output>> allOutputs = new ArrayList<>();
        Map<String, Window> byName = new TreeMap<>();
        byHop.forEach((hop, ps) -> {
            long longest = ps.stream().mapToLong(p -> p.windowMs()).max().orElseThrow();
            if ((longest + maxFutureMs) / hop + 2 > MAX_SLOTS) {
                throw new ConfigException("features.groups[" + g.name()
                        + "].stream.eventTime.maxFuture is too long for its windows: use a minute or less");
            }
            Set<Ir> irs = new LinkedHashSet<>();
            ps.forEach(p -> irs.addAll(p.irs()));
            long kept = onlyTail ? Math.min(longest, tailMs) : longest;
            TileLevel level = new TileLevel(hop, Window.slots(kept, maxFutureMs, hop), List.copyOf(irs));
            allLevels.add(level);
            allOutputs.add(ps.stream().map(p -> p.output(level)).toList());
            ps.forEach(p -> byName.put(
                    p.name(), new Window(p.name(), p.windowMs(), hop, level.slots, (double) hop / p.windowMs())));
            definition.append(level.describe()).append('\n');
        });
        if (g.batch() != null) {
            definition.append("tail ").append(tailMs).append('\n');
        }
        this.levels = List.copyOf(allLevels);
        this.outputs = List.copyOf(allOutputs);
        this.windows = planned.stream().map(p -> byName.get(p.name())).toList();
        CRC32C crc = new CRC32C();
        crc.update(definition.toString().getBytes(StandardCharsets.UTF_8));
        this.schemaHash = (int) crc.getValue();
    }

    /**
     * The layout of what a group's stream stores: all of its windows, or, beside a batch, their newest part.
     *
     * @throws ConfigException naming the aggregation and field that cannot be honoured
     */
    public static TileLayout of(FeatureGroup g) {
        return of(g, g.batch() != null);
    }

    /**
     * The layout of whole windows: of what the batch of a hybrid group stores, and of what a read of both gives. It has the
     * {@link #schemaHash} of {@link #of}: the tiles are the same, there may be more of them.
     */
    public static TileLayout whole(FeatureGroup g) {
        return of(g, false);
    }

    private static TileLayout of(FeatureGroup g, boolean onlyTail) {
        FeatureGroup.Stream stream = g.stream();
        if (stream == null || g.aggregations().isEmpty()) {
            throw new ConfigException("features.groups[" + g.name() + "]: tiles need a stream and aggregations");
        }
        return new TileLayout(g, stream, tailMs(g), onlyTail);
    }

    /**
     * How far back the stream of a hybrid group reaches: twice as far as its batch may be old, so that a late batch is late
     * before it leaves a gap.
     */
    private static long tailMs(FeatureGroup g) {
        if (g.batch() == null) {
            return Long.MAX_VALUE;
        }
        Long maxAge = g.maxAgeMs();
        if (maxAge == null || maxAge <= 0) {
            throw new ConfigException("features.groups[" + g.name()
                    + "].freshness.maxAge: a group with stream and batch needs one: the stream keeps twice as much");
        }
        return 2 * maxAge;
    }

    /**
     * Identifies what the bytes of state and value mean: format, aggregations in order with function, column, window and
     * args, levels. Defaults are not part of it, for they change no byte.
     */
    public int schemaHash() {
        return schemaHash;
    }

    /** Event columns that the aggregations read, in the order of {@link EventColumns}. */
    public List<String> columns() {
        return columns;
    }

    /** Feature names in output order; {@code last_n} gives {@code name[0] … name[n-1]}. */
    public List<String> features() {
        return features;
    }

    /** Doubles per entity: the size of {@link #features()}. */
    public int width() {
        return features.size();
    }

    /** Default of each feature, NaN where the spec has none: such a feature is required. A copy. */
    public double[] defaults() {
        return defaults.clone();
    }

    /** How each aggregation's window is cut, in the order of the spec; for docs and {@code render}. */
    public List<Window> windows() {
        return windows;
    }

    /** How old a batch of a hybrid group may be before events between it and the stream are lost. */
    public long tailMs() {
        return tailMs;
    }

    /** How far an event may lie ahead of the reader's clock and still be seen at once. */
    public long maxFutureMs() {
        return maxFutureMs;
    }

    /** How far an event may lie behind the entity's newest one. */
    public long allowedLatenessMs() {
        return allowedLatenessMs;
    }
}
