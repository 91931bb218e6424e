package dev.millrace.cli.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.cli.repository.Repository;
import dev.millrace.devkit.documents.Block;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code millrace demo recommendations} as a person starts it, and the calls that it and its document tell them to try. */
class RecommendationsIT {
    @TempDir
    Path dir;

    @Test
    void ranksForUsersWhoseInterestTurnsAndAnswersWhatAPersonIsToldToTry() throws Exception {
        Path report = dir.resolve("demo.json");
        Process demo =
                Command.start("demo", "recommendations", "--for", "6s", "--rate", "10", "--report", report.toString());
        List<String> calls = new ArrayList<>();
        String documented = documentedCall();
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(demo.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                System.out.println(line);
                if (line.startsWith("  REST ")) {
                    calls.add(documented.replace("localhost:8080", line.replaceAll(".*http://", "")));
                } else if (line.startsWith("  curl ") && line.contains("/predict ")) {
                    calls.add(line.strip());
                } else if (line.startsWith("warm-up ends")) {
                    for (String call : calls) {
                        assertRanked(call);
                    }
                }
            }
            assertThat(demo.waitFor(60, TimeUnit.SECONDS)).isTrue();
        } finally {
            demo.destroyForcibly();
        }
        assertThat(calls).hasSize(2);
        assertThat(demo.exitValue()).isZero();
        JsonNode json = new ObjectMapper().readTree(Files.readString(report));
        assertThat(json.get("errors").asLong()).isZero();
        assertThat(json.at("/answers/ranked").asLong()).isPositive();
        assertThat(json.at("/answers/cached").asLong()).isPositive();
        assertThat(json.at("/items/candidates").asInt()).isEqualTo(200);
        assertThat(json.at("/items/scoredPerSecond").asDouble()).isPositive();
        assertThat(json.at("/lists/categoriesPerList").asDouble()).isGreaterThan(2);
    }

    private static String documentedCall() {
        return Block.of(Repository.read(Path.of("samples", "recommendations", "README.md"))).stream()
                .filter(block -> block.language().equals("sh"))
                .flatMap(block -> block.commands().stream())
                .filter(command -> command.startsWith("curl "))
                .findFirst()
                .orElseThrow();
    }

    private static void assertRanked(String command) throws Exception {
        Process curl = new ProcessBuilder("bash", "-c", command.replaceFirst("^curl ", "curl -f "))
                .redirectErrorStream(true)
                .start();
        String answer = new String(curl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(curl.waitFor()).as(command + ": " + answer).isZero();
        JsonNode items = new ObjectMapper().readTree(answer).at("/predictions/0/items");
        assertThat(items).as(answer).isNotEmpty();
        assertThat(items.get(0).get("item_id").asText()).startsWith("i-");
        assertThat(items.get(0).get("rank").asInt()).isEqualTo(1);
    }
}
