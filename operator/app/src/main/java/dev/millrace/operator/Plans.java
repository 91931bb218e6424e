package dev.millrace.operator;

import dev.millrace.api.v1alpha1.RealtimeModel;
import dev.millrace.plan.PlanInputs;
import dev.millrace.plan.StackPlan;

/** Plans with what was measured, but for one thing. */
final class Plans {

    private Plans() {}

    /**
     * A warm-up on a busy node can measure times that meet no SLO. That is told (SLOFeasible), but it must not take the
     * autoscaler away from a stack that needs it most: scaling then follows the documented assumptions.
     */
    static StackPlan of(RealtimeModel model, PlanInputs inputs) {
        StackPlan plan = StackPlan.of(model, inputs);
        if (plan.capacity().measured() && !plan.capacity().feasible()) {
            return plan.withScaling(
                    StackPlan.of(model, inputs.withCalibration(null)).scaling());
        }
        return plan;
    }
}
