package dev.millrace.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.api.v1alpha1.RealtimeModel;
import dev.millrace.contract.status.ServerStatus.Calibration;
import dev.millrace.operator.observe.Observation;
import dev.millrace.operator.observe.PodView;
import dev.millrace.operator.observe.ServerView;
import dev.millrace.plan.PlanInputs;
import dev.millrace.plan.StackPlan;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PlansTest {

    private final RealtimeModel fraud = Samples.fraud("fraud");
    private final Calibrations calibrations = new Calibrations();

    @Test
    void aMeasurementThatMeetsNoSloIsToldButDoesNotTakeTheAutoscalerAway() {
        StackPlan plan = Plans.of(
                fraud, PlanInputs.of(TestOperator.IMAGES).withCalibration(new Calibration(0.5, 2.9, 520, List.of())));
        assertThat(plan.capacity().feasible()).isFalse();
        assertThat(plan.scaling().autoscaled()).isTrue();
        assertThat(plan.scaling().cpuUtilization()).isGreaterThan(1);
    }

    @Test
    void theQuickestPodCountsAndSmallDifferencesDoNot() {
        Calibration slow = new Calibration(5, 0.3, 50, List.of());
        Calibration quick = new Calibration(4, 0.3, 2, List.of());
        assertThat(calibrations.of("u", "d", observed(slow, quick), PlansTest::all))
                .isEqualTo(quick);
        assertThat(calibrations.of("u", "d", observed(new Calibration(4.5, 0.3, 2.1, List.of())), PlansTest::all))
                .isEqualTo(quick);
        assertThat(calibrations.of("u", "other digest", Observation.NONE, PlansTest::all))
                .isNull();
    }

    @Test
    void whatWasMeasuredOfADeletedModelIsForgotten() {
        Calibration measured = new Calibration(4, 0.3, 2, List.of());
        calibrations.of("u", "d", observed(measured), PlansTest::all);
        calibrations.of("v", "d", observed(measured), () -> Set.of("v"));
        assertThat(calibrations.of("u", "d", Observation.NONE, PlansTest::all)).isNull();
        assertThat(calibrations.of("v", "d", Observation.NONE, PlansTest::all)).isEqualTo(measured);
    }

    private static Set<String> all() {
        return Set.of("u", "v");
    }

    private static Observation observed(Calibration... measured) {
        return new Observation(List.of(measured).stream()
                .map(c -> new PodView(
                        "p" + c.serviceMs(),
                        "server",
                        "",
                        true,
                        false,
                        null,
                        new ServerView("Ready", null, null, "1", "d", "CPU", List.of(), List.of(), c, List.of()),
                        null))
                .toList());
    }
}
