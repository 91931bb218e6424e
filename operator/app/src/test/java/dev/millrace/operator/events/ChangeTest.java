package dev.millrace.operator.events;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.api.v1alpha1.RealtimeModelStatus;
import dev.millrace.operator.status.ConditionType;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChangeTest {

    private static final Condition FINE = condition(ConditionType.Degraded, "False", "AsExpected");

    @Test
    void thatNothingIsWrongIsNewsOnlyAfterSomethingWas() {
        assertThat(Change.between(null, status(FINE))).isEmpty();
        RealtimeModelStatus lost = status(condition(ConditionType.Degraded, "True", "KafkaUnavailable"));
        assertThat(Change.between(status(FINE), lost))
                .containsExactly(new Change(true, "KafkaUnavailable", "Degraded: said"));
        assertThat(Change.between(lost, lost)).isEmpty();
        assertThat(Change.between(lost, status(FINE)))
                .containsExactly(new Change(false, "AsExpected", "Degraded: said"));
    }

    @Test
    void whatRunsAndIsWrongIsToldOnceAndAsAWarning() {
        RealtimeModelStatus before = status(condition(ConditionType.StreamsReady, "True", "Running"), FINE);
        RealtimeModelStatus now = status(
                condition(ConditionType.StreamsReady, "True", "Rehydrating"),
                condition(ConditionType.Degraded, "True", "Rehydrating"));
        assertThat(Change.between(before, now)).containsExactly(new Change(true, "Rehydrating", "Degraded: said"));
    }

    @Test
    void whatIsOnlyOnItsWayIsNoWarning() {
        RealtimeModelStatus before = status(condition(ConditionType.StreamsReady, "True", "Running"), FINE);
        RealtimeModelStatus now = status(condition(ConditionType.StreamsReady, "False", "AggregatorRecovering"), FINE);
        assertThat(Change.between(before, now))
                .containsExactly(new Change(false, "AggregatorRecovering", "StreamsReady: said"));
    }

    @Test
    void anObjectiveThatIsMissedAndAFeatureThatHasDriftedAreWarnings() {
        RealtimeModelStatus unknown = status(
                condition(ConditionType.SLOMet, "Unknown", "TooFewRequests"),
                condition(ConditionType.DriftDetected, "Unknown", "TooFewSamples"));
        RealtimeModelStatus good = status(
                condition(ConditionType.SLOMet, "True", "ObjectivesMet"),
                condition(ConditionType.DriftDetected, "False", "NoDrift"));
        RealtimeModelStatus bad = status(
                condition(ConditionType.SLOMet, "False", "LatencyMissed"),
                condition(ConditionType.DriftDetected, "True", "FeatureDrift"));
        assertThat(Change.between(null, unknown)).isEmpty();
        assertThat(Change.between(good, unknown)).isEmpty();
        assertThat(Change.between(unknown, good)).containsExactly(new Change(false, "ObjectivesMet", "SLOMet: said"));
        assertThat(Change.between(good, bad))
                .containsExactly(
                        new Change(true, "LatencyMissed", "SLOMet: said"),
                        new Change(true, "FeatureDrift", "DriftDetected: said"));
        assertThat(Change.between(bad, good))
                .containsExactly(
                        new Change(false, "ObjectivesMet", "SLOMet: said"),
                        new Change(false, "NoDrift", "DriftDetected: said"));
    }

    private static RealtimeModelStatus status(Condition... conditions) {
        RealtimeModelStatus status = new RealtimeModelStatus();
        status.setConditions(List.of(conditions));
        return status;
    }

    private static Condition condition(ConditionType type, String status, String reason) {
        return new ConditionBuilder()
                .withType(type.name())
                .withStatus(status)
                .withReason(reason)
                .withMessage("said")
                .build();
    }
}
