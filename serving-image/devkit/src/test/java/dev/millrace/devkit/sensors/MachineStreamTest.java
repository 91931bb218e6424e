package dev.millrace.devkit.sensors;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MachineStreamTest {
    private static List<Reading> readings(long seed, int machine, int seconds) {
        MachineStream stream = new MachineStream(seed, machine, SensorSet.START_MS, SensorSet.CALM_SECONDS);
        List<Reading> readings = new ArrayList<>();
        for (int i = 0; i < seconds; i++) {
            readings.add(stream.next());
        }
        return readings;
    }

    @Test
    void equalSeedsGiveEqualReadingsOneASecond() {
        List<Reading> readings = readings(3, 7, 500);
        assertThat(readings(3, 7, 500)).isEqualTo(readings);
        assertThat(readings(4, 7, 500)).isNotEqualTo(readings);
        for (int i = 1; i < readings.size(); i++) {
            assertThat(readings.get(i).ts() - readings.get(i - 1).ts()).isEqualTo(MachineStream.PERIOD_MS);
        }
    }

    @Test
    void theJsonSaysWhatTheReadingIs() throws Exception {
        Reading reading = readings(3, 7, 1).get(0);
        JsonNode json = new ObjectMapper().readTree(reading.toJson());
        assertThat(json.get("machine_id").asText()).isEqualTo("m-7");
        assertThat(json.get("ts").asLong()).isEqualTo(reading.ts());
        for (Sensor sensor : Sensor.values()) {
            assertThat(json.get(sensor.column()).asDouble()).isEqualTo(reading.value(sensor));
        }
    }

    @Test
    void everyKindOfFaultHappensToEverySensorsMachineAndStuckOnesRepeatTheirValue() {
        Set<Truth> kinds = EnumSet.noneOf(Truth.class);
        long stuck = 0;
        for (int machine = 0; machine < 20; machine++) {
            List<Reading> readings = readings(3, machine, 3_600);
            for (int i = 1; i < readings.size(); i++) {
                Reading now = readings.get(i);
                Reading before = readings.get(i - 1);
                kinds.add(now.truth());
                if (now.truth() == Truth.STUCK && before.truth() == Truth.STUCK) {
                    stuck++;
                    assertThat(List.of(Sensor.values())).anyMatch(sensor -> now.value(sensor) == before.value(sensor));
                }
                if (now.truth().isFault()) {
                    assertThat(now.fault()).isPositive();
                }
            }
        }
        assertThat(kinds).containsExactlyInAnyOrder(Truth.values());
        assertThat(stuck).isGreaterThan(100);
    }

    @Test
    void whatIsNormalForOneMachineIsOutOfBoundsForAnother() {
        Set<Long> tens = new HashSet<>();
        for (int machine = 0; machine < 20; machine++) {
            readings(3, machine, 60).stream()
                    .filter(r -> r.truth() == Truth.NORMAL)
                    .forEach(r -> tens.add(Math.round(r.value(Sensor.TEMPERATURE) / 10)));
        }
        assertThat(tens).hasSizeGreaterThanOrEqualTo(3);
    }
}
