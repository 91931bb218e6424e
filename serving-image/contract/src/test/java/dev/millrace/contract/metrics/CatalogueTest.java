package dev.millrace.contract.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contract.metrics.Metric.Type;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What holds for every metric, and for every two of them. */
class CatalogueTest {
    /** Units of Prometheus that a name must end with, and those that count things and need no ending. */
    private static final Map<String, String> ENDINGS =
            Map.of("seconds", "_seconds", "request-seconds", "_seconds", "ratio", "_ratio", "bytes", "_bytes");

    private static final Set<String> COUNTED = Set.of(
            "requests",
            "calls",
            "events",
            "predictions",
            "steps",
            "lookups",
            "loops",
            "readings",
            "transactions",
            "transitions",
            "records",
            "rows",
            "reads",
            "executions",
            "attempts",
            "values",
            "samples",
            "partitions",
            "queries",
            "connections",
            "entries",
            "boolean");

    @Provide
    Arbitrary<Metric> metric() {
        return Arbitraries.of(Metrics.all());
    }

    @Property
    void theNameIsPrometheusOwnAndSaysTheUnit(@ForAll("metric") Metric m) {
        assertThat(m.name())
                .matches("millrace(_[a-z0-9]+)+")
                .doesNotEndWith("_total")
                .doesNotEndWith("_count");
        String ending = ENDINGS.get(m.unit());
        if (ending == null) {
            assertThat(COUNTED).as("unit of %s", m.name()).contains(m.unit());
            assertThat(ENDINGS.values()).noneMatch(m.name()::endsWith);
        } else {
            assertThat(m.name()).endsWith(ending);
        }
        assertThat(m.exposedName()).isEqualTo(m.type() == Type.COUNTER ? m.name() + "_total" : m.name());
    }

    @Property
    void theLabelsAreItsOwnAndFree(@ForAll("metric") Metric m) {
        List<String> common = Metrics.server().contains(m) ? Metrics.SERVER_LABELS : Metrics.AGGREGATOR_LABELS;
        assertThat(m.labels())
                .allMatch(l -> l.matches("[a-z]+"))
                .doesNotHaveDuplicates()
                .doesNotContainAnyElementsOf(common)
                // the scrape's, the histogram's and the summary's
                .doesNotContain("pod", "job", "instance", "le", "quantile");
    }

    @Property
    void theHelpIsASentenceAndInTheDocsOnce(@ForAll("metric") Metric m) {
        assertThat(m.help()).matches("(?s)[A-Z1].{20,}\\.").doesNotContain("\n").doesNotContain("  ");
        assertThat(MetricsDoc.markdown().lines().filter(l -> l.startsWith("| `" + m.exposedName() + "` |")))
                .singleElement()
                .satisfies(row -> assertThat(row)
                        .contains("| " + m.unit() + " |")
                        .contains(m.help())
                        .contains(m.labels().isEmpty() ? "|" : "`" + String.join("`, `", m.labels()) + "`"));
    }

    @Property
    void noTwoShareASeries(@ForAll("metric") Metric one, @ForAll("metric") Metric other) {
        if (one != other) {
            assertThat(series(one)).doesNotContainAnyElementsOf(series(other));
        }
    }

    private static List<String> series(Metric m) {
        String name = m.exposedName();
        return m.type() == Type.HISTOGRAM
                ? List.of(name, name + "_bucket", name + "_sum", name + "_count")
                : List.of(name);
    }
}
