package dev.millrace.cli.repository;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contract.metrics.Metric;
import dev.millrace.contract.metrics.Metrics;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code docs/failures.md}: each row names tests that there are, a metric of the catalogue, and a reason of a condition. */
class FailuresDocTest {
    private static final String DOC = Repository.read(Path.of("docs/failures.md"));
    private static final Pattern TEST = Pattern.compile("`([A-Z][A-Za-z]*(?:IT|Test))`");
    private static final Pattern METRIC = Pattern.compile("`(millrace_[a-z_]+)");
    private static final Pattern REASON = Pattern.compile("`([A-Z][A-Za-z]+)`");
    private static final Set<String> METRICS =
            Metrics.all().stream().map(Metric::exposedName).collect(Collectors.toSet());
    private static final String CONDITIONS = Repository.read(Path.of("docs/conditions.md"));

    /** Those that say what fails: five columns. */
    static Stream<List<String>> rows() {
        return cells().filter(cells -> cells.size() == 5);
    }

    private static Stream<List<String>> cells() {
        return DOC.lines()
                .filter(line -> line.startsWith("| ") && !line.contains("| tests |"))
                .map(line -> Arrays.stream(line.substring(1).split("\\|"))
                        .map(String::strip)
                        .toList());
    }

    private static List<String> names(Pattern pattern, String cell) {
        return pattern.matcher(cell)
                .results()
                .map((MatchResult match) -> match.group(1))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("rows")
    void aFailureIsSeenInAMetricAndInStatus(List<String> row) {
        assertThat(row.get(2)).as("%s", row).matches("none: .*|.*millrace_.*");
        assertThat(names(METRIC, row.get(2))).allMatch(METRICS::contains);
        assertThat(names(REASON, row.get(3)))
                .as("%s", row)
                .allMatch(reason -> CONDITIONS.contains("| `" + reason + "` |"));
        assertThat(row.get(3)).as("%s", row).matches("none: .*|.*`[A-Z].*");
    }

    @Test
    void everyRowNamesTestsThatThereAre() {
        assertThat(cells()).hasSizeGreaterThan(25).allSatisfy(row -> assertThat(names(TEST, row.get(row.size() - 1)))
                .as("%s", row)
                .isNotEmpty()
                .allMatch(test -> Repository.exists(test + ".java")));
    }
}
