package dev.millrace.cli.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code millrace demo} as a person starts it: a process of its own. */
class DemoIT {
    @TempDir
    Path dir;

    @Test
    void measuresAndReportsWithoutATerminalAndLeavesNothingBehind() throws Exception {
        Path report = dir.resolve("demo.json");
        Process demo = Command.start("demo", "--for", "5s", "--rate", "40", "--report", report.toString());
        List<ProcessHandle> seen = new ArrayList<>();
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(demo.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                System.out.println(line);
                if (line.startsWith("warm-up ends")) {
                    demo.descendants().forEach(seen::add);
                }
            }
            assertThat(demo.waitFor(60, TimeUnit.SECONDS)).isTrue();
        } finally {
            demo.destroyForcibly();
        }
        assertThat(demo.exitValue()).isZero();
        JsonNode json = new ObjectMapper().readTree(Files.readString(report));
        assertThat(json.get("errors").asLong()).isZero();
        assertThat(json.get("requests").asLong()).isGreaterThan(100);
        assertThat(json.at("/answers/approve").asLong()).isPositive();
        assertThat(json.at("/features/hit").asLong()).isPositive();
        assertThat(json.at("/freshnessMs/p99").asDouble()).isPositive();
        assertThat(json.at("/stagesMs/inference/p50").asDouble()).isPositive();
        assertThat(json.at("/endpoints/rest").asText()).startsWith("http://127.0.0.1:");
        assertThat(seen).hasSizeGreaterThanOrEqualTo(7);
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> seen.stream()
                .noneMatch(ProcessHandle::isAlive));
    }

    @Test
    void noProcessOutlivesAKilledDemo() throws Exception {
        Process demo = Command.start("demo", "--rate", "10", "--work-dir", dir.toString());
        List<ProcessHandle> seen = new ArrayList<>();
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(demo.getInputStream(), StandardCharsets.UTF_8))) {
            String line = out.readLine();
            while (line != null && !line.contains(" is ready after ")) {
                line = out.readLine();
            }
            assertThat(line).isNotNull();
            demo.descendants().forEach(seen::add);
            demo.destroyForcibly().waitFor();
        } finally {
            demo.destroyForcibly();
        }
        assertThat(seen).hasSizeGreaterThanOrEqualTo(6);
        long killed = System.nanoTime();
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> seen.stream()
                .noneMatch(ProcessHandle::isAlive));
        System.out.printf(
                "%d processes gone %d ms after kill -9 of the command%n",
                seen.size(), (System.nanoTime() - killed) / 1_000_000);
    }
}
