package dev.millrace.server.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contract.config.ServingConfig.Budget;
import dev.millrace.contract.config.ServingConfig.Server;
import dev.millrace.contract.config.ServingConfig.Slo;
import dev.millrace.contract.status.ServerStatus.Admission;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AdmissionBoundTest {
    private static Admission bound(
            String percentile,
            double thresholdMs,
            double queueMs,
            int instances,
            int maxInFlight,
            Calibration calibration,
            double overheadMs) {
        return AdmissionBound.of(
                new Slo(percentile, thresholdMs, "99.9", new Budget(1, queueMs, 1, 1)),
                new Server(0, 0, 0, "h", instances, 1, 0, maxInFlight, maxInFlight, List.of("CPU"), 0),
                calibration,
                overheadMs);
    }

    private static Calibration one(double ms, double cv) {
        return new Calibration(Map.of(1, Math.round(ms * 1e6)), cv, 1);
    }

    @ParameterizedTest
    @CsvSource({
        // percentile, threshold, queue, instances, S, cv, o, Q
        "99.9, 50, 10, 4, 8, 0.3, 2, 16", // the worked examples of docs/slo.md
        "99, 50, 10, 4, 8, 0.3, 2, 17",
        "99.9, 20, 1, 4, 8, 0.3, 2, 12", // not feasible: 4 that execute and a few
        "99.9, 50, 18, 1, 0.7, 5, 2, 26", // one hiccup of the warm-up must not cost the queue that the spec allows
        "99.9, 50, 18, 1, 0.05, 0.3, 200, 361" // nor a cold store
    })
    void theModelsNumberAndNoLessThanTheSpecWants(
            String percentile, double threshold, double queue, int instances, double s, double cv, double o, int q) {
        assertThat(bound(percentile, threshold, queue, instances, 10_000, one(s, cv), o)
                        .maxInFlight())
                .isEqualTo(q);
    }

    @Test
    void theSpecsOwnQueueSizeIsTheUpperBound() {
        Admission bound = bound("99.9", 50, 18, 1, 5, one(0.05, 0.3), 2);
        assertThat(bound.maxInFlight()).isEqualTo(5);
        assertThat(bound.reason()).contains("server.batching.maxQueueSize");
    }

    @Test
    void aBatchingServerTakesTwoBatchesForEachInstance() {
        // 20 + 1.5 n ms: the reference's batch of 15 within 100 ms at p95
        TreeMap<Integer, Long> line = new TreeMap<>();
        for (int rows : new int[] {1, 2, 4, 8, 16, 20}) {
            line.put(rows, Math.round((20 + 1.5 * rows) * 1e6));
        }
        assertThat(bound("95", 100, 1, 1, 10_000, new Calibration(line, 0.1, 20), 5)
                        .maxInFlight())
                .isEqualTo(40);
        TreeMap<Integer, Long> small = new TreeMap<>(line.headMap(8, true));
        assertThat(bound("95", 100, 1, 2, 10_000, new Calibration(small, 0.1, 8), 5)
                        .maxInFlight())
                .isEqualTo(2 * 16);
    }
}
