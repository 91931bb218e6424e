package dev.millrace.contract.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MetricsTest {
    private static final Path DOC = Path.of("../../docs/metrics.md");

    @Test
    void namesAreUniqueAndAsPrometheusWants() {
        assertThat(Metrics.all()).extracting(Metric::exposedName).doesNotHaveDuplicates();
        for (Metric m : Metrics.all()) {
            assertThat(m.name()).matches("millrace(_[a-z0-9]+)+").doesNotEndWith("_total");
            assertThat(m.labels()).allMatch(l -> l.matches("[a-z]+")).doesNotHaveDuplicates();
            assertThat(m.labels())
                    .as("%s repeats a common label", m.name())
                    .doesNotContainAnyElementsOf(Metrics.SERVER_LABELS);
            if (m.unit().equals("seconds")) {
                assertThat(m.name()).endsWith("_seconds");
            }
        }
    }

    @Test
    void everyMetricSaysWhatItIs() {
        assertThat(Metrics.all())
                .allSatisfy(m -> assertThat(m.help()).hasSizeGreaterThan(20).endsWith("."));
        assertThat(Metrics.all()).allSatisfy(m -> assertThat(m.unit()).isNotBlank());
        assertThat(Metrics.REQUESTS.exposedName()).isEqualTo("millrace_requests_total");
        assertThat(Metrics.MODEL_READY.exposedName()).isEqualTo("millrace_model_ready");
    }

    @Test
    void theCatalogueHoldsEveryConstant() throws IllegalAccessException {
        List<Metric> constants = new ArrayList<>();
        for (Field f : Metrics.class.getFields()) {
            if (Modifier.isStatic(f.getModifiers()) && f.getType() == Metric.class) {
                constants.add((Metric) f.get(null));
            }
        }
        assertThat(Metrics.all()).containsExactlyInAnyOrderElementsOf(constants);
    }

    /** {@code mvn test -Dtest=MetricsTest -Dmillrace.docs.write=true} writes it anew. */
    @Test
    void theDocsAreTheCatalogue() throws IOException {
        String generated = MetricsDoc.markdown();
        if (Boolean.getBoolean("millrace.docs.write")) {
            Files.writeString(DOC, generated);
        }
        assertThat(DOC).as("run with -Dmillrace.docs.write=true").hasContent(generated);
    }
}
