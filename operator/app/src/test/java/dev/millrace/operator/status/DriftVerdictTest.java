package dev.millrace.operator.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.operator.observe.DriftView;
import dev.millrace.operator.observe.PooledView;
import dev.millrace.operator.observe.Volume;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What DriftDetected says of what the servers say, and of what it said before. */
class DriftVerdictTest extends WorldFixture {

    @Test
    void namesWhatHasDriftedAndLeavesReadyAlone() {
        says(view("amount", false, true), view("foreign", false, true));
        assertThat(line()).isEqualTo("False NoDrift");
        says(view("amount", true, false), view("foreign", false, true), view("purchases.sum_1d", true, false));
        assertThat(line()).isEqualTo("True FeatureDrift");
        assertThat(message())
                .isEqualTo("amount, purchases.sum_1d: distributed otherwise than in baseline.json over the last 24"
                        + " hours, with a population stability index above 0.2; see the runbook"
                        + " RealtimeModelFeatureDrift");
        assertThat(line(status(), ConditionType.Ready)).isEqualTo("True Available");
        assertThat(line(status(), ConditionType.Degraded)).isEqualTo("False AsExpected");
    }

    @Test
    void betweenTheBoundsAFeatureStaysAsItWas() {
        says(view("amount", true, false), view("foreign", false, false));
        store();
        says(view("amount", false, false), view("foreign", false, false));
        assertThat(message()).startsWith("amount: ");
        says(view("amount", false, true), view("foreign", false, false));
        assertThat(line()).isEqualTo("False NoDrift");
    }

    @Test
    void fewValuesSayNothing() {
        says(new DriftView("1", 0.2, "amount", Volume.Some, false, true));
        assertThat(line()).isEqualTo("Unknown TooFewSamples");
        says(view("amount", false, true));
        store();
        says(new DriftView("1", 0.2, "amount", Volume.Some, false, true));
        assertThat(line()).isEqualTo("False NoDrift");
        says(view("amount", true, false));
        store();
        says(new DriftView("1", 0.2, "amount", Volume.Some, false, false));
        assertThat(line()).isEqualTo("True FeatureDrift");
        says(new DriftView("1", 0.2, "amount", Volume.Few, false, false));
        assertThat(line()).isEqualTo("Unknown TooFewSamples");
    }

    @Test
    void nothingIsBetterWhileAServerIsSilent() {
        says(view("amount", true, false));
        store();
        pooled = new PooledView(false, List.of(), List.of(view("amount", false, true)), null);
        assertThat(message()).startsWith("amount: ");
        pooled = PooledView.NONE;
        assertThat(message()).startsWith("amount: ");
        pooled = new PooledView(true, List.of(), List.of(), null);
        assertThat(line()).isEqualTo("Unknown NotObserved");
    }

    @Test
    void anotherVersionOrThresholdIsNotThisOnes() {
        says(
                new DriftView("0", 0.2, "amount", Volume.Enough, true, false),
                new DriftView("1", 0.1, "amount", Volume.Enough, true, false));
        assertThat(line()).isEqualTo("Unknown NotObserved");
    }

    @Test
    void aBaselineThatCannotBeUsedIsTold() {
        pooled = new PooledView(true, List.of(), List.of(), "monitoring.drift.baseline: cannot read /in/baseline.json");
        assertThat(line()).isEqualTo("Unknown BaselineInvalid");
        assertThat(message()).isEqualTo("monitoring.drift.baseline: cannot read /in/baseline.json");
    }

    @Test
    void suspendedCountsNothingAndWithoutDriftInTheSpecNothingIsSaid() {
        says(view("amount", true, false));
        model.getSpec().setSuspend(true);
        assertThat(line()).isEqualTo("Unknown Suspended");
        model.getSpec().setSuspend(false);
        model.getSpec().getMonitoring().setDrift(null);
        assertThat(line()).isEqualTo("absent");
    }

    private static DriftView view(String feature, boolean drifted, boolean settled) {
        return new DriftView("1", 0.2, feature, Volume.Enough, drifted, settled);
    }

    private void says(DriftView... views) {
        pooled = new PooledView(true, List.of(), List.of(views), null);
    }

    private void store() {
        model.setStatus(status());
    }

    private String line() {
        return line(status(), ConditionType.DriftDetected);
    }

    private String message() {
        return find(status(), ConditionType.DriftDetected).getMessage();
    }
}
