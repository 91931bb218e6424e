package dev.millrace.devkit.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.devkit.load.LoadStats.Quantiles;
import dev.millrace.devkit.load.LoadStats.Snapshot;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ScreenTest {
    private static final Histogram PIPELINE = new Histogram(Map.of(0.005, 50.0, 0.01, 100.0));

    private static Target target(String percentile) {
        return new Target(
                "fraud",
                URI.create("http://127.0.0.1:8080"),
                URI.create("http://127.0.0.1:8081"),
                URI.create("http://127.0.0.1:9090/metrics"),
                null,
                "127.0.0.1:9092",
                "purchases",
                50,
                percentile);
    }

    private static Snapshot snapshot(double p999) {
        return new Snapshot(
                12.3,
                2_460,
                3,
                new Quantiles(2.1, 7.25, p999),
                80,
                new Quantiles(0.41, 1.2, null),
                new Quantiles(0.02, 0.6, null),
                new Quantiles(0.05, 0.21, null),
                new Quantiles(0.003, 0.01, null),
                Map.of("review", 40L, "approve", 2_410L),
                7,
                2_440,
                8,
                2,
                List.of());
    }

    private static String render(boolean live, Target target, Snapshot run, Histogram pipeline, @Nullable String note) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        new Screen(new PrintStream(bytes, true, UTF_8), live, target).show("measuring", run, pipeline, 123, note);
        return bytes.toString(UTF_8);
    }

    @Test
    void showsAllThatAPersonWantsToKnow() {
        String url = "http://127.0.0.1:8080/v2/models/fraud/predict -H 'content-type: application/json' -d ";
        assertThat(render(true, target("99.9"), snapshot(31.5), PIPELINE, "burst of 15 purchases by c-9"))
                .isEqualTo("\u001b[H\u001b[J\u001b[1mMillrace demo: fraud\u001b[0m   measuring 12 s   Ctrl-C stops"
                        + " everything"
                        + """


                        requests/s          200.0   sent 2460   errors 3   events 123
                        latency ms          p50    2.10   p99    7.25   p99.9   31.50
                        SLO                 p99.9 within 50 ms: kept

                        where the time goes, ms
                          features          p50    0.41   p99    1.20
                          queue             p50    0.02   p99    0.60
                          inference         p50    0.05   p99    0.21
                          post-processing   p50    0.00   p99    0.01
                        feature freshness   p50    5.00   p99    9.90   ms from an event's append to the store

                        answers             approve 2410   review 40   fallback 7
                        features            fresh 2440   with a default 8   stale 2

                        burst of 15 purchases by c-9

                        Try:
                          curl -s %s'{"entities":[{"customer_id":"c-17"}],"inputs":{"amount":40}}'
                          curl -s %s'{"entities":[{"customer_id":"c-17"}],"inputs":{"amount":900,"card_present":0,"foreign":1},"explain":true}'
                          curl -s http://127.0.0.1:9090/metrics
                        """
                                .formatted(url, url));
    }

    @Test
    void saysWhenTheSloIsMissedAndNothingWhereItCannotKnow() {
        assertThat(render(true, target("99.9"), snapshot(50.1), PIPELINE, null))
                .contains("p99.9 within 50 ms: MISSED\n");
        assertThat(render(true, target("99"), snapshot(50.1), PIPELINE, null)).contains("p99 within 50 ms: kept\n");
        assertThat(render(true, target("95"), snapshot(50.1), PIPELINE, null)).contains("p95 within 50 ms\n");
        assertThat(render(true, target("99"), snapshot(1), new Histogram(Map.of()), null))
                .contains("feature freshness   no event is in the store yet\n");
    }

    @Test
    void withoutATerminalItIsOneLine() {
        assertThat(render(false, target("99.9"), snapshot(31.5), PIPELINE, null))
                .isEqualTo("measuring    12 s    200.0/s  errors 3  p50 2.10  p99 7.25  p99.9 31.50 ms"
                        + "  freshness p99 9.9 ms  approve 2410   review 40   fallback 7\n");
    }
}
