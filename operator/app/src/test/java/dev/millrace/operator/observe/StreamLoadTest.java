package dev.millrace.operator.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contract.status.AggregatorStatus;
import dev.millrace.contract.status.AggregatorStatus.StreamGroup;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class StreamLoadTest {

    private static AggregatorStatus says(
            String state, @Nullable String reason, int assigned, @Nullable Long lagMs, @Nullable Integer busy) {
        return new AggregatorStatus(
                state,
                reason,
                null,
                List.of(new StreamGroup(
                        "purchases", "7f3a", "purchases", 6, assigned, lagMs, reason, null, busy, 2_000L)));
    }

    @Test
    void theWorstOfAllInSteps() {
        AggregatorStatus a = says("Running", null, 4, 120L, 37);
        assertThat(StreamLoad.of(List.of(a, says("Running", null, 2, 1_100L, 12)), true))
                .isEqualTo(new StreamLoad(6, 50, 40, true));
        assertThat(StreamLoad.of(List.of(a, says("Running", null, 2, 900_000L, 99)), true))
                .isEqualTo(new StreamLoad(6, 400, 100, true));
        assertThat(StreamLoad.of(List.of(a, says("Running", null, 2, 499L, null)), true))
                .isEqualTo(new StreamLoad(6, 0, 40, true));
        // one more than there are partitions
        assertThat(StreamLoad.of(List.of(a, says("Running", null, 2, 0L, 1), says("Running", null, 0, null, 0)), true)
                        .settled())
                .isTrue();
    }

    @Test
    void nothingIsSettledWhilePartitionsMoveOrSomethingIsWrong() {
        AggregatorStatus a = says("Running", null, 4, 120L, 37);
        assertThat(StreamLoad.of(List.of(a), true).settled()).isFalse();
        assertThat(StreamLoad.of(List.of(a, says("Rebalancing", null, 2, 1L, 1)), true)
                        .settled())
                .isFalse();
        assertThat(StreamLoad.of(List.of(a, says("Running", "KafkaUnavailable", 2, 1L, 1)), true)
                        .settled())
                .isFalse();
        assertThat(StreamLoad.of(List.of(a, says("Running", null, 2, null, 1)), true)
                        .settled())
                .as("never caught up")
                .isFalse();
        assertThat(StreamLoad.of(List.of(a, says("Running", null, 2, 1L, 1)), false)
                        .settled())
                .as("one of them is silent")
                .isFalse();
        assertThat(StreamLoad.of(List.of(), true)).isEqualTo(StreamLoad.NONE);
    }
}
