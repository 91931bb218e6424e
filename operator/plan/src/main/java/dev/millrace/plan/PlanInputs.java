package dev.millrace.plan;

import dev.millrace.contract.status.ServerStatus.Calibration;
import org.jspecify.annotations.Nullable;

/**
 * What a plan needs beside the spec; everything that the operator observed and the plan may use.
 *
 * @param images the resolved image set
 * @param calibration what the servers measured; null = not yet, the documented assumptions hold
 * @param keepReplicas the live count, to keep applying while an autoscaler takes the field over, or after it has gone;
 *     null = leave it out under an autoscaler
 */
public record PlanInputs(Images images, @Nullable Calibration calibration, @Nullable Integer keepReplicas) {
    public static PlanInputs of(Images images) {
        return new PlanInputs(images, null, null);
    }

    public PlanInputs withCalibration(@Nullable Calibration measured) {
        return new PlanInputs(images, measured, keepReplicas);
    }

    public PlanInputs withKeepReplicas(@Nullable Integer replicas) {
        return new PlanInputs(images, calibration, replicas);
    }
}
