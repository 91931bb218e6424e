package dev.millrace.bench;

import dev.millrace.contract.config.FeatureGroup;
import dev.millrace.contract.config.FeatureGroup.Aggregation;
import dev.millrace.contract.feature.TileLayout;
import dev.millrace.contract.feature.TileReader;
import dev.millrace.contract.feature.TileState;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A stored value with events in every minute of an hour, 61 tiles, read as features of the last hour. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class TileMergeBench {
    private static final long NOW = 1_700_000_000_000L;
    private static final long MINUTE = 60_000;

    /** Functions over the window. */
    @Param({"count", "sum", "count,sum,avg"})
    public String features = "count,sum,avg";

    private TileReader reader = new TileReader(layout("count"));
    private final double[] out = new double[3];
    private byte[] value = new byte[0];
    private long now = NOW;

    private static TileLayout layout(String features) {
        List<Aggregation> aggregations = Stream.of(features.split(","))
                .map(function -> new Aggregation(
                        function + "_1h",
                        function,
                        function.equals("count") ? null : "amount",
                        60 * MINUTE,
                        Map.of(),
                        "0"))
                .toList();
        return TileLayout.of(new FeatureGroup(
                "purchases",
                "customer",
                "7f3a",
                new FeatureGroup.Stream("purchases", "json", "ts", "ms", 5_000, 2 * 60 * MINUTE, null, "dlq"),
                null,
                aggregations,
                List.of(),
                86_400_000,
                2_000L,
                100L,
                null,
                "Default",
                "Serve"));
    }

    @Setup
    public void fill() {
        TileLayout layout = layout(features);
        reader = new TileReader(layout);
        Amount event = new Amount(12.5);
        TileState state = TileState.empty(layout);
        for (int i = 0; i <= 60; i++) {
            state.apply(0, i, NOW - (60 - i) * MINUTE, event);
        }
        value = state.toValue(1, NOW, 0);
    }

    @Benchmark
    public double[] merge() {
        // another millisecond each time: the window moves
        if (!reader.read(value, now++, out, 0)) {
            throw new IllegalStateException("the value was not read");
        }
        now = now > NOW + MINUTE ? NOW : now;
        return out;
    }
}
