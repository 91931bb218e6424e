package dev.millrace.aggregator.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class GroupStatusTest {

    @Test
    void aRefillIsToldInPercentOfWhatIsBackAndNeverAsDoneTooSoon() {
        assertThat(rehydrated(0.5, 1).rehydratedPercent()).isEqualTo(75);
        assertThat(rehydrated(0.999, 1).rehydratedPercent()).isEqualTo(99);
        assertThat(rehydrated(0).rehydratedPercent()).isEqualTo(0);
        assertThat(rehydrated(1, 1).rehydratedPercent()).isNull();
        assertThat(rehydrated().rehydratedPercent()).isNull();
    }

    private static GroupStatus rehydrated(double... shares) {
        List<PartitionView> views = Arrays.stream(shares)
                .mapToObj(share -> new PartitionView(0, 0, 0, share))
                .toList();
        return new GroupStatus(
                "purchases",
                "7f3a",
                "purchases",
                GroupStatus.State.RUNNING,
                null,
                null,
                views.size(),
                0,
                null,
                null,
                views);
    }
}
