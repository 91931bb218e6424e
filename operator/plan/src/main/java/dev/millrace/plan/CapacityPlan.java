package dev.millrace.plan;

/**
 * What one replica can carry within the SLO, from {@code CapacityModel}.
 *
 * @param measured true: from the servers' own calibration; false: from the documented assumptions
 * @param feasible false: no number of replicas meets the SLO
 * @param maxInFlight requests queued and executing that can still finish in time
 * @param capacityRps requests per second at the SLO's edge
 * @param targetInFlight time-averaged requests in flight that an autoscaler holds
 * @param targetUtilization share of the inference slots that is busy at the target, 0 to 1
 * @param reason inputs and results in one line: the HPA's rationale and {@code status.plan.reason}
 */
public record CapacityPlan(
        boolean measured,
        boolean feasible,
        int maxInFlight,
        int capacityRps,
        double targetInFlight,
        double targetUtilization,
        String reason) {}
