package dev.millrace.devkit.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.devkit.demo.SensorReport.Quantiles;
import dev.millrace.devkit.demo.SensorReport.Results;
import dev.millrace.devkit.sensors.Verdicts;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SensorReportTest {
    private static final Quantiles SOME = new Quantiles(10.0, 40.0);
    private static final Results GOOD = new Results(40, 960, 0, 0, 0);

    private static Verdicts.Summary verdict(long found, long falseAlarms) {
        return new Verdicts.Summary(500, 400, found + falseAlarms, falseAlarms, found, 1, 0, Map.of());
    }

    private static SensorReport report(Results results, Verdicts.Summary fixed, @Nullable String failure) {
        return new SensorReport(1000, results, SOME, SOME, SOME, verdict(9, 2), Map.of("fixed", fixed), 8, failure);
    }

    @Test
    void aGoodRunFailsNothingAndShowsWhatWasCompared() {
        SensorReport good = report(GOOD, verdict(9, 300), null);
        assertThat(good.failures()).isEmpty();
        assertThat(String.join("\n", good.table()))
                .contains(
                        "1000 readings, history included: 40 written as anomalies, 960 normal, 0 without a result, 0 with two")
                .contains("p99 40.0 ms")
                .contains("fixed thresholds, fixed");
    }

    @Test
    void eachThingThatIsWrongIsTold() {
        Verdicts.Summary noisy = verdict(9, 300);
        assertThat(report(new Results(40, 955, 0, 5, 0), noisy, null).failures())
                .containsExactly("5 of 1000 readings have no result");
        assertThat(report(new Results(40, 960, 0, 0, 3), noisy, null).failures())
                .containsExactly("3 results came twice");
        assertThat(report(new Results(40, 955, 5, 0, 0), noisy, null).failures())
                .containsExactly("5 readings went to the dead letter topic");
        assertThat(report(new Results(0, 1000, 0, 0, 0), noisy, null).failures())
                .containsExactly("no fault was found");
        assertThat(report(GOOD, verdict(9, 1), null).failures())
                .containsExactly("fixed thresholds are as good as the model");
        assertThat(report(GOOD, noisy, "why").failures()).containsExactly("why");
    }
}
