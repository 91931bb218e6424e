package dev.millrace.operator.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.plan.Finding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code docs/conditions.md} has a row for every condition type and every reason, and none for anything else. */
class ConditionsDocTest {
    private static final Path DOC = Path.of("../../docs/conditions.md");
    /** A row that says something: a name, and what it means. */
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `([A-Za-z]+)` \\| [^|]{10,} \\|");

    @Test
    void everyTypeAndReasonHasItsRowAndNothingElseHas() throws IOException {
        List<String> known = new ArrayList<>();
        Stream.of(ConditionType.values(), Reason.values(), Finding.Reason.values())
                .flatMap(Arrays::stream)
                .map(Enum::name)
                .forEach(known::add);
        List<String> rows = ROW.matcher(Files.readString(DOC))
                .results()
                .map((MatchResult row) -> row.group(1))
                .toList();
        assertThat(rows).containsExactlyInAnyOrderElementsOf(known);
    }
}
