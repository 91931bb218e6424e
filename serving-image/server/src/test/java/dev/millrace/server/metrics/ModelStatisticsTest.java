package dev.millrace.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.server.metrics.ModelStatistics.Snapshot;
import dev.millrace.server.metrics.ModelStatistics.Total;
import org.junit.jupiter.api.Test;

/** perf_analyzer ends when the three counts of computing differ, and it looks while requests are under way. */
class ModelStatisticsTest {
    private final ModelStatistics statistics = new ModelStatistics(4);

    @Test
    void whatIsUnderWayIsCountedInAllOrNone() {
        statistics.inferred(0.002);
        statistics.codec(1_000, 500);
        statistics.inferred(0.004);
        Snapshot seen = statistics.snapshot();
        assertThat(seen.input()).isEqualTo(new Total(1, 1_000));
        assertThat(seen.output()).isEqualTo(new Total(1, 500));
        assertThat(seen.infer().count()).isEqualTo(1);
        statistics.codec(3_000, 500);
        seen = statistics.snapshot();
        assertThat(seen.infer()).isEqualTo(new Total(2, 6_000_000));
        assertThat(seen.input()).isEqualTo(new Total(2, 4_000));
    }

    @Test
    void whatACacheAnsweredIsNotComputed() {
        statistics.codec(1_000, 500);
        statistics.codec(3_000, 700);
        assertThat(statistics.snapshot().input()).isEqualTo(new Total(0, 0));
        statistics.inferred(0.002);
        Snapshot seen = statistics.snapshot();
        assertThat(seen.infer()).isEqualTo(new Total(1, 2_000_000));
        assertThat(seen.input()).as("the mean stays").isEqualTo(new Total(1, 2_000));
        assertThat(seen.output()).isEqualTo(new Total(1, 600));
    }
}
