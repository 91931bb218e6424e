package dev.millrace.operator.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.operator.observe.PooledView;
import dev.millrace.operator.observe.SloView;
import dev.millrace.operator.observe.Volume;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What SLOMet says of what the servers say, and of what it said before. */
class SloVerdictTest extends WorldFixture {

    private static final SloView FINE = view("latency", Volume.Enough, false, true, 0);
    private static final SloView SLOW = view("latency", Volume.Enough, true, false, 5);
    /** Neither missed anew nor met again. */
    private static final SloView BETWEEN = view("latency", Volume.Enough, false, false, 1);

    private static final SloView UP = view("availability", Volume.Enough, false, true, 0);
    private static final SloView DOWN = view("availability", Volume.Enough, true, false, 20);

    @Test
    void theReasonNamesWhatIsMissedAndReadyIsLeftAlone() {
        says(FINE, UP);
        assertThat(line()).isEqualTo("True ObjectivesMet");
        says(SLOW, UP);
        assertThat(line()).isEqualTo("False LatencyMissed");
        assertThat(message())
                .isEqualTo("slo.latency: 0.1% of the requests may take longer than 50ms or get no answer of the model;"
                        + " in the last hour more than 5 times as many did; see the runbook"
                        + " RealtimeModelLatencyBudgetBurn.");
        says(FINE, DOWN);
        assertThat(line()).isEqualTo("False AvailabilityMissed");
        assertThat(message())
                .isEqualTo("slo.availability: 0.1% of the requests may fail, time out or be shed; in the last hour more"
                        + " than 20 times as many did; see the runbook RealtimeModelErrorBudgetBurn.");
        says(SLOW, DOWN);
        assertThat(line()).isEqualTo("False LatencyAndAvailabilityMissed");
        assertThat(message()).contains("slo.latency: ", "slo.availability: ");
        assertThat(line(status(), ConditionType.Ready)).isEqualTo("True Available");
    }

    @ParameterizedTest
    @CsvSource({
        "Enough, True ObjectivesMet, True ObjectivesMet",
        "Some, Unknown TooFewRequests, True ObjectivesMet",
        "Few, Unknown TooFewRequests, Unknown TooFewRequests",
        "None, Unknown TooFewRequests, Unknown TooFewRequests"
    })
    void fewRequestsSayNothing(Volume volume, String anew, String after) {
        says(view("latency", volume, false, true, 0), view("availability", volume, false, true, 0));
        assertThat(line()).isEqualTo(anew);
        says(FINE, UP);
        store();
        says(view("latency", volume, false, true, 0), view("availability", volume, false, true, 0));
        assertThat(line()).isEqualTo(after);
        says(SLOW, UP);
        store();
        says(view("latency", volume, true, false, 5), view("availability", volume, false, true, 0));
        assertThat(line().startsWith("False")).as("missed, and %s", volume).isEqualTo(after.startsWith("True"));
    }

    @Test
    void betweenTheBoundsItStaysAsItWas() {
        says(BETWEEN, UP);
        assertThat(line()).isEqualTo("True ObjectivesMet");
        store();
        assertThat(line()).isEqualTo("True ObjectivesMet");
        says(SLOW, UP);
        store();
        says(BETWEEN, UP);
        assertThat(line()).isEqualTo("False LatencyMissed");
        says(FINE, UP);
        assertThat(line()).isEqualTo("True ObjectivesMet");
        // each objective for itself
        says(SLOW, DOWN);
        store();
        says(FINE, view("availability", Volume.Enough, false, false, 1));
        assertThat(line()).isEqualTo("False AvailabilityMissed");
        store();
        says(BETWEEN, UP);
        assertThat(line()).isEqualTo("True ObjectivesMet");
    }

    @Test
    void theAmountIsWrittenAgainOnlyWhenItIsAnotherOne() {
        says(SLOW, UP);
        store();
        String five = message();
        says(view("latency", Volume.Enough, true, false, 10), UP);
        assertThat(message()).as("still true, one step too low").isEqualTo(five);
        says(view("latency", Volume.Enough, true, false, 20), UP);
        assertThat(message()).contains("more than 20 times as many");
        says(view("latency", Volume.Enough, true, false, 2), UP);
        assertThat(message()).contains("more than 2 times as many");
        store();
        says(SLOW, UP);
        assertThat(message()).contains("more than 2 times as many");
        says(view("latency", Volume.Enough, true, false, 1), UP);
        assertThat(message()).contains("more than that did");
        says(view("latency", Volume.Enough, false, false, 0.5), UP);
        assertThat(message()).contains("more than half as many did");
    }

    @Test
    void nothingIsBetterWhileAServerIsSilent() {
        says(SLOW, UP);
        store();
        pooled = new PooledView(false, List.of(FINE, UP), List.of(), null);
        assertThat(line()).isEqualTo("False LatencyMissed");
        assertThat(message()).contains("one of the servers does not say");
        pooled = new PooledView(false, List.of(), List.of(), null);
        assertThat(line()).isEqualTo("False LatencyMissed");
        assertThat(message()).as("as stored").contains("more than 5 times");
        // and worse at once
        pooled = new PooledView(false, List.of(SLOW, DOWN), List.of(), null);
        assertThat(line()).isEqualTo("False LatencyAndAvailabilityMissed");
    }

    @Test
    void anOperatorThatHasNotLookedYetKeepsWhatItSaid() {
        assertThat(line()).isEqualTo("Unknown NotObserved");
        says(FINE, UP);
        store();
        pooled = PooledView.NONE;
        assertThat(line()).isEqualTo("True ObjectivesMet");
        model.getMetadata().setGeneration(8L);
        assertThat(line()).as("another spec").isEqualTo("Unknown NotObserved");
    }

    @Test
    void whatWasMeasuredAgainstAnotherSpecIsNotThisOnes() {
        says(new SloView("latency", "99.9", 40.0, Volume.Enough, true, false, 5), UP);
        assertThat(line()).isEqualTo("Unknown NotObserved");
        says(new SloView("latency", "99", 50.0, Volume.Enough, true, false, 5), UP);
        assertThat(line()).isEqualTo("Unknown NotObserved");
    }

    @Test
    void suspendedPromisesNothing() {
        model.getSpec().setSuspend(true);
        says(SLOW, DOWN);
        assertThat(line()).isEqualTo("Unknown Suspended");
        assertThat(line(status(), ConditionType.Ready)).isEqualTo("True Suspended");
    }

    private static SloView view(String slo, Volume volume, boolean missed, boolean met, double times) {
        return new SloView(slo, "99.9", slo.equals("latency") ? 50.0 : null, volume, missed, met, times);
    }

    private void says(SloView... views) {
        pooled = new PooledView(true, List.of(views), List.of(), null);
    }

    private void store() {
        model.setStatus(status());
    }

    private String line() {
        return line(status(), ConditionType.SLOMet);
    }

    private String message() {
        return find(status(), ConditionType.SLOMet).getMessage();
    }
}
