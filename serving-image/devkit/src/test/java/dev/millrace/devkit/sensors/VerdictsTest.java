package dev.millrace.devkit.sensors;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class VerdictsTest {
    private long sequence;

    private Reading reading(String machine, Truth truth, int fault, double temperature) {
        return new Reading(machine, sequence++, sequence * 1_000, List.of(temperature, 5.0, 1.0), truth, fault);
    }

    @Test
    void aFaultIsFoundByAnyOfItsReadingsAndAFalseAlarmIsAReading() {
        Verdicts verdicts = new Verdicts();
        verdicts.add(reading("m-1", Truth.NORMAL, 0, 50), true);
        verdicts.add(reading("m-1", Truth.NORMAL, 0, 50), false);
        verdicts.add(reading("m-1", Truth.DRIFT, 1, 50), false);
        verdicts.add(reading("m-1", Truth.DRIFT, 1, 50), true);
        // right or wrong, nobody counts it
        verdicts.add(reading("m-1", Truth.UNSURE, 0, 50), true);
        verdicts.add(reading("m-1", Truth.SPIKE, 2, 50), false);
        verdicts.add(reading("m-1", Truth.UNSURE, 0, 50), false);
        // of another machine, and still going on
        verdicts.add(reading("m-2", Truth.STUCK, 1, 50), false);

        Verdicts.Summary summary = verdicts.summary();
        assertThat(summary.readings()).isEqualTo(8);
        assertThat(summary.normal()).isEqualTo(2);
        assertThat(summary.alarms()).isEqualTo(3);
        assertThat(summary.falseAlarms()).isEqualTo(1);
        assertThat(summary.falseAlarmsPerHour()).isEqualTo(1_800);
        assertThat(summary.found()).isEqualTo(1);
        assertThat(summary.missed()).isEqualTo(1);
        assertThat(summary.open()).isEqualTo(1);
        assertThat(summary.foundShare()).isEqualTo(0.5);
        assertThat(summary.foundShareByKind()).isEqualTo(Map.of(Truth.DRIFT, 1.0, Truth.SPIKE, 0.0));
    }

    @Test
    void fixedThresholdsAlarmBeyondEitherBoundOfAnySensor() {
        FixedThresholds bounds = new FixedThresholds(Map.of(
                "temperature", List.of(40.0, 60.0), "pressure", List.of(4.0, 6.0), "vibration", List.of(0.5, 1.5)));
        assertThat(bounds.alarm(reading("m-1", Truth.NORMAL, 0, 40))).isFalse();
        assertThat(bounds.alarm(reading("m-1", Truth.NORMAL, 0, 60))).isFalse();
        assertThat(bounds.alarm(reading("m-1", Truth.NORMAL, 0, 39.9))).isTrue();
        assertThat(bounds.alarm(reading("m-1", Truth.NORMAL, 0, 60.1))).isTrue();
        assertThat(bounds.alarm(new Reading("m-1", 0, 0, List.of(50.0, 6.1, 1.0), Truth.NORMAL, 0)))
                .isTrue();
    }
}
