package dev.millrace.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contract.config.ServingConfig.Budget;
import dev.millrace.contract.status.ServerStatus.Calibration;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.jspecify.annotations.NullUnmarked;

@NullUnmarked // what is null here fails the test
class PlanPropertiesTest {
    private static final String[] STAGES = {"features", "queue", "inference", "postProcessing"};

    @Property(tries = 200)
    void budgetsNeverExceedTheThresholdAndKeepWhatWasGiven(
            @ForAll @IntRange(min = 5, max = 60_000) int thresholdMs,
            @ForAll @IntRange(min = 0, max = 15) int given,
            @ForAll @DoubleRange(min = 0.01, max = 0.99) double share) {
        List<String> edits =
                new ArrayList<>(List.of("spec.slo.latency.threshold: " + thresholdMs + "ms", "spec.slo.budget: {}"));
        double eachMs = Math.floor(1000 * share * thresholdMs / STAGES.length) / 1000;
        for (int i = 0; i < STAGES.length; i++) {
            if ((given >> i & 1) == 1) {
                edits.add("spec.slo.budget." + STAGES[i] + ": " + Durations.formatMillis(eachMs));
            }
        }
        Budget budget = Specs.plan(edits.toArray(new String[0])).slo().budget();
        double[] stages = {budget.featuresMs(), budget.queueMs(), budget.inferenceMs(), budget.postProcessingMs()};
        double sum = 0;
        for (int i = 0; i < stages.length; i++) {
            assertThat(stages[i]).isGreaterThanOrEqualTo(0);
            if ((given >> i & 1) == 1) {
                assertThat(stages[i]).isEqualTo(eachMs);
            } else {
                assertThat(stages[i]).isGreaterThan(0);
            }
            sum += stages[i];
        }
        assertThat(sum).isLessThanOrEqualTo(thresholdMs + 1e-9);
    }

    @Property(tries = 100)
    void targetsStayWithinTheBounds(
            @ForAll @DoubleRange(min = 0.01, max = 60) double serviceMs,
            @ForAll @DoubleRange(min = 0, max = 1.5) double cv,
            @ForAll @DoubleRange(min = 0, max = 20) double overheadMs,
            @ForAll @IntRange(min = 1, max = 32) int instances) {
        StackPlan plan = StackPlan.of(
                Specs.full("spec.server.instances: " + instances),
                PlanInputs.of(Specs.IMAGES).withCalibration(new Calibration(serviceMs, cv, overheadMs, List.of())));
        CapacityPlan capacity = plan.capacity();
        if (!capacity.feasible()) {
            assertThat(plan.scaling().autoscaled()).isFalse();
            return;
        }
        assertThat(capacity.targetUtilization()).isBetween(0.0, 1.0);
        assertThat(capacity.maxInFlight()).isGreaterThanOrEqualTo(instances);
        assertThat(capacity.targetInFlight()).isLessThanOrEqualTo(capacity.maxInFlight());
        assertThat(plan.scaling().cpuUtilization()).isBetween(1, 100 * instances);
    }

    @Property(tries = 20)
    void theSamePlanComesOfTheSameSpec(@ForAll @IntRange(min = 1, max = 500) int thresholdMs) {
        String edit = "spec.slo.latency.threshold: " + (30 + thresholdMs) + "ms";
        assertThat(Specs.plan(edit)).isEqualTo(Specs.plan(edit));
    }
}
