package dev.millrace.plan;

import dev.millrace.api.v1alpha1.SloSpec;
import dev.millrace.contract.capacity.Capacity;
import dev.millrace.contract.capacity.CapacityInputs;
import dev.millrace.contract.capacity.CapacityModel;
import dev.millrace.contract.status.ServerStatus.Calibration;
import org.jspecify.annotations.Nullable;

/**
 * What one server can carry. Until the servers have measured themselves, the SLO reference's worked example is assumed,
 * scaled with the threshold: an execution takes 16 % of it with a coefficient of variation of 0.30, and everything around
 * it 4 %.
 */
final class CapacityNumbers {
    static final double ASSUMED_SERVICE = 0.16;
    static final double ASSUMED_CV = 0.30;
    static final double ASSUMED_OVERHEAD = 0.04;
    /** Of measured inputs: two servers, or two runs, must not give two plans. */
    private static final int DIGITS = 2;

    private CapacityNumbers() {}

    static CapacityPlan of(
            SloSpec slo,
            ServerPlan server,
            double burstFactor,
            @Nullable Calibration calibration,
            Derivations derivations) {
        double thresholdMs = Durations.millis(slo.getLatency().getThreshold());
        boolean measured = calibration != null && calibration.serviceMs() > 0;
        double serviceMs = ASSUMED_SERVICE * thresholdMs;
        double cv = ASSUMED_CV;
        double overheadMs = ASSUMED_OVERHEAD * thresholdMs;
        if (calibration != null && measured) {
            serviceMs = Numbers.rounded(calibration.serviceMs(), DIGITS);
            cv = Numbers.rounded(Math.max(0, calibration.serviceCv()), DIGITS);
            overheadMs = Numbers.rounded(Math.max(0, calibration.overheadMs()), DIGITS);
        }
        Capacity capacity = CapacityModel.unbatched(CapacityInputs.of(
                serviceMs,
                cv,
                server.instances(),
                // a wait for more rows is overhead to every request
                overheadMs + server.maxQueueDelayMs(),
                thresholdMs,
                slo.getLatency().getPercentile(),
                burstFactor));
        String source = measured ? "as the servers measured" : "assumed until the servers have measured";
        String reason = capacity.reason()
                + (capacity.feasible() ? ", at most " + capacity.maxInFlight() + " can finish in time" : "")
                + " (" + source
                // the model for batches has one executor and no wait between them: wrong by far for threads of a CPU
                + (server.maxBatchSize() > 1 ? "; what batches gain is not counted" : "") + ")";
        derivations.add("capacityRps", String.valueOf(capacity.capacityRpsRounded()), reason);
        derivations.add("targetInFlight", Numbers.fixed(capacity.targetInFlight(), 2), "the same, over burstFactor");
        derivations.add(
                "maxInFlight",
                String.valueOf(capacity.maxInFlight()),
                "requests queued and executing that can still finish in time; more are shed");
        return new CapacityPlan(
                measured,
                capacity.feasible(),
                capacity.maxInFlight(),
                (int) Math.min(Integer.MAX_VALUE, capacity.capacityRpsRounded()),
                capacity.targetInFlight(),
                capacity.targetUtilization(),
                reason);
    }
}
