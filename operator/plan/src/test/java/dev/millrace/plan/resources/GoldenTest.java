package dev.millrace.plan.resources;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.plan.PlanInputs;
import dev.millrace.plan.Specs;
import dev.millrace.plan.StackPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

/** What the operator applies for the fraud sample, to be read by people; a change of it must be meant. */
@NullUnmarked // what is null here fails the test
class GoldenTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden/fraud.yaml");

    @Test
    void fraudSample() throws IOException {
        StackPlan plan = StackPlan.of(Specs.fraudSample(), PlanInputs.of(Specs.IMAGES));
        String rendered = Stream.concat(Resources.all(plan).stream(), Monitoring.of(plan).stream())
                .map(Yaml::print)
                .collect(Collectors.joining("---\n"));
        if (Boolean.getBoolean("golden.update")) {
            Files.writeString(GOLDEN, rendered);
        }
        String expected = Files.exists(GOLDEN) ? Files.readString(GOLDEN) : "";
        assertThat(rendered)
                .as(
                        "differs from %s; if that is meant: mvn test -pl operator/plan -Dtest=GoldenTest"
                                + " -Dtest.jvm.extra=-Dgolden.update=true, then read the diff",
                        GOLDEN)
                .isEqualTo(expected);
    }
}
