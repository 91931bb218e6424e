package dev.millrace.devkit.demo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HistogramTest {
    private static final String EARLIER =
            """
            # TYPE millrace_feature_pipeline_seconds histogram
            millrace_feature_pipeline_seconds_bucket{group="purchases",model="fraud",le="0.005"} 100
            millrace_feature_pipeline_seconds_bucket{group="purchases",model="fraud",le="0.01"} 100
            millrace_feature_pipeline_seconds_bucket{group="purchases",model="fraud",le="+Inf"} 100
            """;
    private static final String LATER =
            """
            millrace_feature_pipeline_seconds_bucket{group="purchases",model="fraud",le="0.005"} 150
            millrace_feature_pipeline_seconds_bucket{group="purchases",model="fraud",le="0.01"} 190
            millrace_feature_pipeline_seconds_bucket{group="purchases",model="fraud",le="+Inf"} 200
            millrace_feature_pipeline_seconds_count{group="purchases",model="fraud"} 200
            millrace_other_seconds_bucket{le="0.005"} 999
            """;

    private static Histogram parse(String scrape) {
        return Histogram.parse(scrape, "millrace_feature_pipeline_seconds", "");
    }

    @Test
    void quantilesAreOfWhatCameSince() {
        Histogram since = parse(LATER).minus(parse(EARLIER));
        assertThat(since.count()).isEqualTo(100);
        assertThat(since.quantileMs(0.5)).isEqualTo(5.0);
        assertThat(since.quantileMs(0.9)).isEqualTo(10.0);
        assertThat(since.quantileMs(0.25)).isEqualTo(2.5);
    }

    @Test
    void beyondTheLastBoundItSaysThatBound() {
        assertThat(parse(LATER).minus(parse(EARLIER)).quantileMs(0.99)).isEqualTo(10.0);
    }

    @Test
    void withoutObservationsThereIsNoQuantile() {
        assertThat(parse("").quantileMs(0.5)).isNull();
        assertThat(parse(EARLIER).minus(parse(EARLIER)).quantileMs(0.5)).isNull();
    }
}
