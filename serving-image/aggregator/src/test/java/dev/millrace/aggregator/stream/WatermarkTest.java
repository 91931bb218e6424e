package dev.millrace.aggregator.stream;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WatermarkTest {
    private final Watermark watermark = new Watermark();

    private static EndOffsets.Sample at(long ms, long end) {
        return new EndOffsets.Sample(end, ms);
    }

    @Test
    void anIdlePartitionStaysCaughtUp() {
        watermark.advance(at(1_000, 5), 5);
        assertThat(watermark.caughtUpAtMs()).isEqualTo(1_000);
        watermark.advance(at(1_200, 5), 5);
        assertThat(watermark.caughtUpAtMs()).isEqualTo(1_200);
        assertThat(watermark.lag(5)).isZero();
    }

    @Test
    void aTaskThatIsAlwaysASecondBehindIsASecondBehind() {
        for (int second = 0; second < 60; second++) {
            // 100 records per second arrive; it has processed those of a second ago
            watermark.advance(at(second * 1_000L, second * 100L), Math.max(0, (second - 1) * 100L));
        }
        assertThat(watermark.caughtUpAtMs()).isEqualTo(58_000);
        assertThat(watermark.lag(5_800)).isEqualTo(100);
    }

    @Test
    void withoutProgressItStands() {
        watermark.advance(at(1_000, 5), 5);
        watermark.advance(at(2_000, 9), 5);
        watermark.advance(at(3_000, 9), 5);
        watermark.advance(at(3_000, 9), 5);
        assertThat(watermark.caughtUpAtMs()).isEqualTo(1_000);
        assertThat(watermark.lag(5)).isEqualTo(4);
        watermark.advance(at(3_000, 9), 9);
        assertThat(watermark.caughtUpAtMs()).isEqualTo(3_000);
    }

    @Test
    void aPartitionNeverReadIsNeverCaughtUp() {
        watermark.advance(at(1_000, 5), 0);
        assertThat(watermark.caughtUpAtMs()).isZero();
    }
}
