package dev.millrace.plan.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contract.capacity.BatchLine;
import dev.millrace.contract.capacity.BatchedCapacityInputs;
import dev.millrace.contract.capacity.CapacityInputs;
import dev.millrace.contract.capacity.CapacityModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The pages that alerts point at, and the page on the capacity model. */
class RunbooksTest {
    private static Path docs() {
        Path directory = Path.of("").toAbsolutePath();
        while (!Files.isDirectory(directory.resolve("docs/runbooks"))) {
            directory = Objects.requireNonNull(directory.getParent(), "no docs/runbooks above the working directory");
        }
        return directory.resolve("docs");
    }

    @ParameterizedTest
    @EnumSource(Alert.class)
    void everyAlertHasARunbook(Alert alert) throws IOException {
        Path page = docs().resolve("runbooks").resolve(alert.alertName() + ".md");
        assertThat(page).exists();
        String text = Files.readString(page);
        assertThat(text)
                .startsWith("# " + alert.alertName() + "\n")
                .contains("## What it means", "## First look", "## What to do", "```");
        assertThat(Names.of(RuleFiles.fraud()).unknownIn(text)).isEmpty();
    }

    @Test
    void noRunbookIsWithoutAnAlert() throws IOException {
        List<String> names =
                Arrays.stream(Alert.values()).map(a -> a.alertName() + ".md").toList();
        try (Stream<Path> pages = Files.list(docs().resolve("runbooks"))) {
            assertThat(pages.map(page -> page.getFileName().toString())
                            .filter(name -> name.startsWith("RealtimeModel")))
                    .containsExactlyInAnyOrderElementsOf(names);
        }
    }

    /** The worked examples of docs/slo.md are what the model says. */
    @Test
    void theNumbersOfTheDocsAreTheModels() throws IOException {
        String text = Files.readString(docs().resolve("slo.md"));
        assertThat(text)
                .contains(CapacityModel.unbatched(CapacityInputs.of(8, 0.30, 4, 2, 50, "99.9", 1.25))
                        .reason())
                .contains(CapacityModel.unbatched(CapacityInputs.of(8, 0.30, 4, 2, 50, "99", 1.25))
                        .reason())
                .contains(CapacityModel.unbatched(CapacityInputs.of(8, 0.30, 4, 2, 20, "99.9", 1.25))
                        .reason())
                .contains(
                        CapacityModel.batched(BatchedCapacityInputs.of(new BatchLine(20, 1.5), 64, 5, 100, "95", 1.25))
                                .reason());
        assertThat(Names.of(RuleFiles.fraud()).unknownIn(text)).isEmpty();
    }
}
