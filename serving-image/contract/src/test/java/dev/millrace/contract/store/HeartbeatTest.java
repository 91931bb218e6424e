package dev.millrace.contract.store;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeartbeatTest {
    @Property
    void whatIsEncodedIsDecoded(
            @ForAll long lag,
            @ForAll long offset,
            @ForAll long stream,
            @ForAll long caught,
            @ForAll long wall,
            @ForAll int epoch,
            @ForAll int partitions) {
        Heartbeat h = new Heartbeat(lag, offset, stream, caught, wall, epoch, partitions);
        assertThat(Heartbeat.decode(h.encode())).isEqualTo(h);
    }

    @Test
    void itIsOneCompactLineOfJson() {
        assertThat(new Heartbeat(1, 2, 3, 4, 5, 6, 7).encode())
                .isEqualTo("{\"lagRecords\":1,\"lastOffset\":2,\"streamTimeMs\":3,\"caughtUpAtMs\":4,"
                        + "\"wallClockMs\":5,\"epoch\":6,\"partitions\":7}");
    }

    @Test
    void aNewerWriterMayAddFields() {
        String newer = new Heartbeat(1, 2, 3, 4, 5, 6, 7).encode().replace("{", "{\"added\":true,");
        assertThat(Heartbeat.decode(newer)).isEqualTo(new Heartbeat(1, 2, 3, 4, 5, 6, 7));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "7",
                "{}",
                "[]",
                "{\"lagRecords\":1}",
                "not json",
                "{\"lagRecords\":null,\"lastOffset\":2,\"streamTimeMs\":3,\"caughtUpAtMs\":4,"
                        + "\"wallClockMs\":5,\"epoch\":6,\"partitions\":7}"
            })
    void whatIsNoHeartbeatIsMissing(String s) {
        assertThat(Heartbeat.decode(s)).isNull();
    }

    @Test
    void lagIsTheTimeSinceItWasCaughtUp() {
        assertThat(new Heartbeat(0, 9, 9, 1_000, 5_000, 0, 1).lagMs()).isZero();
        assertThat(new Heartbeat(3, 9, 9, 1_000, 5_000, 0, 1).lagMs()).isEqualTo(4_000);
        assertThat(new Heartbeat(3, 9, 9, 6_000, 5_000, 0, 1).lagMs()).isZero();
    }
}
