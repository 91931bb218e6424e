package dev.millrace.contract.feature;

import dev.millrace.contract.feature.Groups.Event;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.DoubleStream;

/** Every function by brute force over the events themselves: what tiles must equal. */
final class WindowOracle {
    private WindowOracle() {}

    /** Events of the window, by event time, of equal times in the order given. */
    static List<Event> inWindow(List<Event> applied, Window w, long nowMs, long maxFutureMs) {
        long from = Math.floorDiv(nowMs - w.windowMs(), w.hopMs()) * w.hopMs();
        long until = (Math.floorDiv(nowMs + maxFutureMs, w.hopMs()) + 1) * w.hopMs();
        Predicate<Event> in = e -> e.time() >= from && e.time() < until;
        return applied.stream()
                .filter(in)
                .sorted(Comparator.comparingLong(Event::time))
                .toList();
    }

    /** The features of an aggregation over {@code amount} (distinct: {@code merchant}; count, time: every event). */
    static double[] expected(
            AggregationFunction f, List<Event> events, long windowMs, long nowMs, int n, double whenEmpty) {
        List<Event> present = events.stream().filter(Event::hasAmount).toList();
        double[] values = present.stream().mapToDouble(Event::amount).toArray();
        boolean none = values.length == 0;
        double mean = DoubleStream.of(values).average().orElse(Double.NaN);
        double variance = values.length < 2
                ? whenEmpty
                : DoubleStream.of(values).map(v -> (v - mean) * (v - mean)).sum() / (values.length - 1);
        return switch (f) {
            case COUNT -> one(events.size());
            case SUM -> one(DoubleStream.of(values).sum());
            case AVG -> one(none ? whenEmpty : mean);
            case MIN -> one(DoubleStream.of(values).min().orElse(whenEmpty));
            case MAX -> one(DoubleStream.of(values).max().orElse(whenEmpty));
            case VARIANCE -> one(variance);
            case STDDEV -> one(values.length < 2 ? whenEmpty : Math.sqrt(variance));
            case FIRST -> one(none ? whenEmpty : values[0]);
            case LAST -> one(none ? whenEmpty : values[values.length - 1]);
            case RATE_OF_CHANGE -> one(rate(present, whenEmpty));
            case TIME_SINCE_LAST ->
                one(
                        events.isEmpty()
                                ? whenEmpty
                                : Math.max(
                                                0,
                                                nowMs
                                                        - events.get(events.size() - 1)
                                                                .time())
                                        / 1000.0);
            case APPROX_COUNT_DISTINCT ->
                one(events.stream().map(Event::merchant).distinct().count());
            case FIRST_N -> padded(values, n, whenEmpty);
            case LAST_N -> {
                double[] newestFirst = new double[values.length];
                for (int i = 0; i < values.length; i++) {
                    newestFirst[i] = values[values.length - 1 - i];
                }
                yield padded(newestFirst, n, whenEmpty);
            }
            case APPROX_PERCENTILE ->
                one(
                        none
                                ? whenEmpty
                                : Arrays.stream(values)
                                        .sorted()
                                        .toArray()[(int) Math.ceil(values.length * 9 / 10.0) - 1]);
            case DECAYED_SUM ->
                one(present.stream()
                        .mapToDouble(e ->
                                e.amount() * Math.pow(2, (double) (e.time() - nowMs) / Groups.halfLifeMs(windowMs)))
                        .sum());
        };
    }

    private static double rate(List<Event> present, double whenEmpty) {
        if (present.isEmpty()) {
            return whenEmpty;
        }
        Event first = present.get(0);
        Event last = present.get(present.size() - 1);
        return first.time() == last.time()
                ? whenEmpty
                : (last.amount() - first.amount()) / ((last.time() - first.time()) / 1000.0);
    }

    private static double[] padded(double[] values, int n, double whenEmpty) {
        double[] out = new double[n];
        Arrays.fill(out, whenEmpty);
        System.arraycopy(values, 0, out, 0, Math.min(n, values.length));
        return out;
    }

    private static double[] one(double value) {
        return new double[] {value};
    }
}
