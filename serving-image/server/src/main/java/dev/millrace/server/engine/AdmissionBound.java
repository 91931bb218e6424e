package dev.millrace.server.engine;

import dev.millrace.contract.capacity.BatchLine;
import dev.millrace.contract.capacity.BatchedCapacityInputs;
import dev.millrace.contract.capacity.CapacityInputs;
import dev.millrace.contract.capacity.CapacityModel;
import dev.millrace.contract.config.ServingConfig.Server;
import dev.millrace.contract.config.ServingConfig.Slo;
import dev.millrace.contract.status.ServerStatus.Admission;
import java.util.Map;

/**
 * Q: how many requests may be queued and executing, so that each still makes the SLO. The capacity model's number, from
 * what this server measured of itself. Pure.
 *
 * <p>Two bounds hold it from below, because a warm-up on a busy machine measures that machine: a bound that is too low sheds
 * for ever, one that is too high only leaves the shedding to each request's deadline. What executes and as much again must
 * fit, else instances idle between two batches and a handful of callers at once would look like overload; and so must what
 * the spec's own queue budget holds.
 */
public final class AdmissionBound {
    private static final int FEW = 8;
    /** The bound does not depend on it: it is for the target of an autoscaler. */
    private static final double NO_BURST = 1;

    private AdmissionBound() {}

    /** {@code overheadMs}: time outside the scheduler, as {@code CapacityInputs} has it. */
    public static Admission of(Slo slo, Server server, Calibration calibration, double overheadMs) {
        Map<Integer, Long> means = calibration.meanNanos();
        int rows = means.keySet().stream().mapToInt(Integer::intValue).max().orElse(1);
        int instances = Math.max(1, server.instances());
        // a wait for more rows is overhead to every request
        double aroundMs = overheadMs + server.maxQueueDelayMs();
        int model = rows == 1
                ? CapacityModel.unbatched(CapacityInputs.of(
                                ms(means, 1),
                                calibration.serviceCv(),
                                instances,
                                aroundMs,
                                slo.thresholdMs(),
                                slo.percentile(),
                                NO_BURST))
                        .maxInFlight()
                : instances
                        * CapacityModel.batched(BatchedCapacityInputs.of(
                                        line(means), rows, aroundMs, slo.thresholdMs(), slo.percentile(), NO_BURST))
                                .maxInFlight();
        int slots = instances * rows;
        int least = (int) Math.min(
                Integer.MAX_VALUE / 2,
                slots + Math.max(Math.max(slots, FEW), slots * slo.budget().queueMs() / ms(means, rows)));
        int most = Math.max(1, server.maxInFlight());
        if (most < Math.max(model, least)) {
            return new Admission(
                    most, "server.batching.maxQueueSize and what executes; in time could be " + Math.max(model, least));
        }
        return model >= least
                ? new Admission(model, "what can still make the SLO, by the calibration")
                : new Admission(
                        least,
                        "what executes and what slo.budget.queue holds; by the calibration it would be " + model);
    }

    private static BatchLine line(Map<Integer, Long> means) {
        return BatchLine.fit(
                means.keySet().stream().mapToInt(Integer::intValue).toArray(),
                means.values().stream().mapToDouble(nanos -> nanos / 1e6).toArray());
    }

    private static double ms(Map<Integer, Long> means, int rows) {
        return Math.max(1, means.getOrDefault(rows, 1L)) / 1e6;
    }
}
