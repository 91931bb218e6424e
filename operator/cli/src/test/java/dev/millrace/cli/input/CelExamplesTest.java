package dev.millrace.cli.input;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.api.crd.CelRule;
import dev.millrace.api.crd.CelRules;
import dev.millrace.api.testing.FraudExample;
import dev.millrace.plan.Finding;
import dev.millrace.plan.Finding.Severity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the API server rejects by a CEL rule, {@code millrace check} must not accept. */
class CelExamplesTest {
    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path dir;

    static Stream<CelRule> rules() {
        return CelRules.all();
    }

    /** The full example uses fields that this release does not run, so only errors that the edit adds count. */
    @ParameterizedTest
    @MethodSource("rules")
    void whatTheApiServerRejectsIsAnError(CelRule rule) throws IOException {
        List<String> added = errors(rule.rejected().apply(FraudExample.full()));
        added.removeAll(errors(FraudExample.full()));
        assertThat(added).as("errors of a spec that breaks: %s", rule.message()).isNotEmpty();
    }

    /** Else an edit might hide behind errors of the full example that have nothing to do with it. */
    @Test
    void theFullExampleIsWrongOnlyWhereThisReleaseDoesNotFollow() throws IOException {
        assertThat(errors(FraudExample.full())).allSatisfy(e -> assertThat(e).contains("[NotSupported]"));
    }

    private List<String> errors(FraudExample example) throws IOException {
        Path file = dir.resolve("model.yaml");
        Files.writeString(file, example.json());
        return new ArrayList<>(ModelFile.read(file, null).findings().stream()
                .filter(f -> f.severity() == Severity.error)
                .map(Finding::toString)
                .toList());
    }
}
