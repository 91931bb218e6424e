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
import org.jspecify.annotations.Nullable;

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

    private static final int MAX_LIST = 100;
    private static final int MAX_SLOTS = 0xffff;

    private final List<String> columns;
    private final List<String> features;
    private final List<Window> windows;
    private final double[] defaults;
    private final int schemaHash;
    private final long maxFutureMs;
    private final long allowedLatenessMs;

    final List<TileLevel> levels;
    /** By level. */
    final List<List<Output>> outputs;

    private TileLayout(FeatureGroup g, FeatureGroup.Stream stream) {
        this.maxFutureMs = stream.maxFutureMs();
        this.allowedLatenessMs = stream.allowedLatenessMs();

        List<String> cols = new ArrayList<>();
        List<String> names = new ArrayList<>();
        List<Double> whenMissing = new ArrayList<>();
        List<Planned> planned = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        StringBuilder definition = new StringBuilder("tiles ").append(FORMAT).append('\n');
        for (Aggregation a : g.aggregations()) {
            String field = "features.groups[" + g.name() + "].aggregations[" + a.name() + "]";
            if (!seen.add(a.name())) {
                throw new ConfigException(field + ": the name is taken twice");
            }
            Planned p = Planned.of(field, a, cols, names.size());
            planned.add(p);
            for (int i = 0; i < p.width; i++) {
                names.add(p.isList() ? a.name() + "[" + i + "]" : a.name());
                whenMissing.add(p.whenEmpty);
            }
            definition
                    .append(a.name())
                    .append('|')
                    .append(p.function.specName())
                    .append('|')
                    .append(a.column())
                    .append('|')
                    .append(a.windowMs())
                    .append('|')
                    .append(p.size)
                    .append('\n');
        }
        this.columns = List.copyOf(cols);
        this.features = List.copyOf(names);
        this.defaults = whenMissing.stream().mapToDouble(Double::doubleValue).toArray();

        TreeMap<Long, List<Planned>> byHop = new TreeMap<>();
        planned.forEach(
                p -> byHop.computeIfAbsent(p.hopMs, h -> new ArrayList<>()).add(p));
        List<TileLevel> allLevels = new ArrayList<>();
        List<List<Output>> allOutputs = new ArrayList<>();
        Map<String, Window> byName = new TreeMap<>();
        byHop.forEach((hop, ps) -> {
            long longest = ps.stream().mapToLong(p -> p.windowMs).max().orElseThrow();
            if ((longest + maxFutureMs) / hop + 2 > MAX_SLOTS) {
                throw new ConfigException("features.groups[" + g.name()
                        + "].stream.eventTime.maxFuture is too long for its windows: use a minute or less");
            }
            Set<Ir> irs = new LinkedHashSet<>();
            ps.forEach(p -> irs.addAll(p.irs));
            TileLevel level = new TileLevel(hop, Window.slots(longest, maxFutureMs, hop), List.copyOf(irs));
            allLevels.add(level);
            allOutputs.add(ps.stream().map(p -> p.output(level)).toList());
            ps.forEach(p ->
                    byName.put(p.name, new Window(p.name, p.windowMs, hop, level.slots, (double) hop / p.windowMs)));
            definition.append(level.describe()).append('\n');
        });
        this.levels = List.copyOf(allLevels);
        this.outputs = List.copyOf(allOutputs);
        this.windows = planned.stream().map(p -> byName.get(p.name)).toList();
        CRC32C crc = new CRC32C();
        crc.update(definition.toString().getBytes(StandardCharsets.UTF_8));
        this.schemaHash = (int) crc.getValue();
    }

    /**
     * The layout of a stream group.
     *
     * @throws ConfigException naming the aggregation and field that cannot be honoured
     */
    public static TileLayout of(FeatureGroup g) {
        FeatureGroup.Stream stream = g.stream();
        if (stream == null || g.aggregations().isEmpty()) {
            throw new ConfigException("features.groups[" + g.name() + "]: tiles need a stream and aggregations");
        }
        return new TileLayout(g, stream);
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

    /** How far an event may lie ahead of the reader's clock and still be seen at once. */
    public long maxFutureMs() {
        return maxFutureMs;
    }

    /** How far an event may lie behind the entity's newest one. */
    public long allowedLatenessMs() {
        return allowedLatenessMs;
    }

    /** An aggregation with its arguments checked and its intermediate results named, before levels are known. */
    private record Planned(
            String name,
            AggregationFunction function,
            long windowMs,
            long hopMs,
            int size,
            List<Ir> irs,
            int at,
            int width,
            double whenEmpty) {

        static Planned of(String field, Aggregation a, List<String> columns, int at) {
            AggregationFunction f;
            try {
                f = AggregationFunction.of(a.function());
            } catch (IllegalArgumentException e) {
                throw new ConfigException(field + ".function: " + e.getMessage(), e);
            }
            if (!f.isSupported()) {
                throw new ConfigException(field + ".function: " + f.specName() + " is not in this release");
            }
            if (a.windowMs() <= 0) {
                throw new ConfigException(field + ".timeWindow must be positive");
            }
            int column = Ir.EVERY_EVENT;
            String name = a.column();
            if (name != null) {
                column = columns.indexOf(name);
                if (column < 0) {
                    column = columns.size();
                    columns.add(name);
                }
            } else if (f.needsColumn()) {
                throw new ConfigException(field + ".column: " + f.specName() + " needs one");
            }
            int size = size(field, f, a.args());
            boolean list = f == AggregationFunction.FIRST_N || f == AggregationFunction.LAST_N;
            return new Planned(
                    a.name(),
                    f,
                    a.windowMs(),
                    Window.hopMs(a.windowMs(), f.isSketch()),
                    size,
                    irs(f, column, size),
                    at,
                    list ? size : 1,
                    defaultOf(field, a.defaultValue()));
        }

        boolean isList() {
            return function == AggregationFunction.FIRST_N || function == AggregationFunction.LAST_N;
        }

        Output output(TileLevel level) {
            Ir first = irs.get(0);
            boolean fixed = first.kind().isFixed();
            return new Output(
                    function,
                    fixed ? level.lane(first) : -1,
                    irs.size() > 1 ? level.lane(irs.get(1)) : -1,
                    fixed ? -1 : level.cells.indexOf(first),
                    first,
                    windowMs,
                    at,
                    width,
                    whenEmpty);
        }

        private static List<Ir> irs(AggregationFunction f, int column, int size) {
            return switch (f) {
                case COUNT -> List.of(new Ir(Ir.Kind.COUNT, column, 0));
                case SUM -> List.of(new Ir(Ir.Kind.SUM, column, 0));
                case AVG -> List.of(new Ir(Ir.Kind.SUM, column, 0), new Ir(Ir.Kind.COUNT, column, 0));
                case MIN -> List.of(new Ir(Ir.Kind.MIN, column, 0));
                case MAX -> List.of(new Ir(Ir.Kind.MAX, column, 0));
                case VARIANCE, STDDEV -> List.of(new Ir(Ir.Kind.MOMENTS, column, 0));
                case FIRST -> List.of(new Ir(Ir.Kind.FIRST, column, 0));
                case LAST -> List.of(new Ir(Ir.Kind.LAST, column, 0));
                case RATE_OF_CHANGE -> List.of(new Ir(Ir.Kind.FIRST, column, 0), new Ir(Ir.Kind.LAST, column, 0));
                case TIME_SINCE_LAST -> List.of(new Ir(Ir.Kind.LAST_TIME, column, 0));
                case FIRST_N -> List.of(new Ir(Ir.Kind.FIRST_N, column, size));
                case LAST_N -> List.of(new Ir(Ir.Kind.LAST_N, column, size));
                case APPROX_COUNT_DISTINCT -> List.of(new Ir(Ir.Kind.DISTINCT, column, size));
                case APPROX_PERCENTILE, DECAYED_SUM -> throw new ConfigException(f.specName());
            };
        }

        private static int size(String field, AggregationFunction f, Map<String, String> args) {
            String arg =
                    switch (f) {
                        case FIRST_N, LAST_N -> "n";
                        case APPROX_COUNT_DISTINCT -> "lgK";
                        default -> "";
                    };
            for (String given : args.keySet()) {
                if (!given.equals(arg)) {
                    throw new ConfigException(field + ".args." + given + ": " + f.specName()
                            + (arg.isEmpty() ? " takes no arguments" : " takes only " + arg));
                }
            }
            return switch (arg) {
                case "n" -> bounded(field + ".args.n", args.get("n"), -1, 1, MAX_LIST);
                case "lgK" ->
                    bounded(
                            field + ".args.lgK",
                            args.get("lgK"),
                            Distinct.DEFAULT_LG_K,
                            Distinct.MIN_LG_K,
                            Distinct.MAX_LG_K);
                default -> 0;
            };
        }

        private static int bounded(String field, @Nullable String text, int whenAbsent, int min, int max) {
            int value = whenAbsent;
            if (text != null) {
                try {
                    value = Integer.parseInt(text);
                } catch (NumberFormatException e) {
                    throw new ConfigException(field + ": '" + text + "' is not a whole number", e);
                }
            }
            if (value < min || value > max) {
                throw new ConfigException(field + " must be given, from " + min + " to " + max);
            }
            return value;
        }

        private static double defaultOf(String field, @Nullable String text) {
            if (text == null) {
                return Double.NaN;
            }
            try {
                return Double.parseDouble(text);
            } catch (NumberFormatException e) {
                throw new ConfigException(field + ".default: '" + text + "' is not a number", e);
            }
        }
    }
}
