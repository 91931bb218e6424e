package dev.millrace.contract.feature;

import dev.millrace.contract.config.ConfigException;
import dev.millrace.contract.config.FeatureGroup.Aggregation;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An aggregation with its arguments checked and its intermediate results named, before levels are known. */
record PlannedAggregation(
        String name,
        AggregationFunction function,
        long windowMs,
        long hopMs,
        int size,
        List<Ir> irs,
        int at,
        int width,
        double whenEmpty) {
    private static final int MAX_LIST = 100;
    private static final long MAX_HALF_LIFE_MS = 372 * 86_400_000L;

    static PlannedAggregation of(String field, Aggregation a, List<String> columns, int at) {
        AggregationFunction f;
        try {
            f = AggregationFunction.of(a.function());
        } catch (IllegalArgumentException e) {
            throw new ConfigException(field + ".function: " + e.getMessage(), e);
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
        int size = size(field, f, a);
        boolean list = f == AggregationFunction.FIRST_N || f == AggregationFunction.LAST_N;
        return new PlannedAggregation(
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
                size,
                at,
                width,
                whenEmpty);
    }

    private static List<Ir> irs(AggregationFunction f, int column, int size) {
        return switch (f) {
            case COUNT -> List.of(new Ir(Ir.Kind.COUNT, column, 0));
            case SUM -> List.of(new Ir(Ir.Kind.SUM, column, 0));
            case AVG -> List.of(new Ir(Ir.Kind.SUM, column, 0), new Ir(Ir.Kind.NUMBERS, column, 0));
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
            // whatever the quantile, so that several of a column share it
            case APPROX_PERCENTILE -> List.of(new Ir(Ir.Kind.QUANTILES, column, 0));
            case DECAYED_SUM -> List.of(new Ir(Ir.Kind.DECAYED, column, size));
        };
    }

    private static int size(String field, AggregationFunction f, Aggregation a) {
        Map<String, String> args = a.args();
        String arg =
                switch (f) {
                    case FIRST_N, LAST_N -> "n";
                    case APPROX_COUNT_DISTINCT -> "lgK";
                    case APPROX_PERCENTILE -> "q";
                    case DECAYED_SUM -> "halfLifeMs";
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
            case "q" -> millionths(field + ".args.q", args.get("q"));
            case "halfLifeMs" -> halfLife(field + ".args.halfLife", args.get("halfLifeMs"), a.windowMs());
            default -> 0;
        };
    }

    private static int millionths(String field, @Nullable String text) {
        try {
            BigDecimal q = new BigDecimal(text == null ? "" : text);
            if (q.signum() >= 0 && q.compareTo(BigDecimal.ONE) <= 0) {
                return q.movePointRight(6).intValueExact();
            }
        } catch (ArithmeticException | NumberFormatException e) {
            // as out of bounds
        }
        throw new ConfigException(field + " must be given, from 0 to 1, with at most 6 decimals, such as 0.95");
    }

    /** Bounded so that what a tile holds stays a number of usual size, whenever it is read within the window. */
    private static int halfLife(String field, @Nullable String text, long windowMs) {
        try {
            long ms = Long.parseLong(text == null ? "" : text);
            if (ms % 1000 == 0 && ms >= 1000 && ms >= windowMs / 1000 && ms <= MAX_HALF_LIFE_MS) {
                return Math.toIntExact(ms / 1000);
            }
        } catch (NumberFormatException e) {
            // as out of bounds
        }
        throw new ConfigException(
                field + " must be given: whole seconds, at least a thousandth of timeWindow, at most 372d");
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
