package dev.millrace.cli.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How a person ends {@code millrace}: every process and the scratch directory are gone, and nothing is called an error. */
class SignalIT {
    private static final int FEATURES = 19;

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path dir;

    /** What a started command said until it was ready, and what it consists of. */
    private record Running(
            Process process, BufferedReader out, Path scratch, String rest, List<ProcessHandle> children) {

        static Running awaitReady(Process process) throws IOException {
            BufferedReader out =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
            Path scratch = null;
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                System.out.println(line);
                if (line.startsWith("starting ")) {
                    scratch = Path.of(line.substring(line.indexOf("; logs in ") + 10));
                } else if (line.startsWith("  REST ") && scratch != null) {
                    String rest = line.substring(line.indexOf("http://"));
                    return new Running(
                            process, out, scratch, rest, process.descendants().toList());
                }
            }
            throw new AssertionError("ended before it was ready");
        }

        /** The rest of what it says, until it has ended. */
        List<String> awaitEnd() throws IOException, InterruptedException {
            List<String> lines = out.lines().toList();
            lines.forEach(System.out::println);
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            return lines;
        }

        void assertNothingIsLeft() {
            Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> children.stream()
                    .noneMatch(ProcessHandle::isAlive));
            assertThat(scratch).doesNotExist();
        }
    }

    /** A terminal sends it to all processes of the group at once, so that the command may see its children end first. */
    @Test
    void controlCEndsADemo() throws Exception {
        Process demo = Command.startAsGroup("demo", "--rate", "10");
        try {
            Running running = Running.awaitReady(demo);
            assertThat(running.children()).hasSizeGreaterThanOrEqualTo(6);
            assertThat(running.scratch()).isDirectory();
            Process kill = new ProcessBuilder("sh", "-c", "kill -s INT -- -" + demo.pid()).start();
            assertThat(kill.waitFor()).isZero();
            assertThat(running.awaitEnd()).noneMatch(line -> line.contains("error: ") || line.contains("Exception"));
            assertThat(demo.exitValue()).isEqualTo(130);
            running.assertNothingIsLeft();
        } finally {
            demo.destroyForcibly();
        }
    }

    /** Neither features nor Kafka: one process, which answers the plain protocol. */
    @Test
    void termEndsTheLocalStackOfAPlainModel() throws Exception {
        Process local = Command.start("local", "-f", plainModel().toString());
        try {
            Running running = Running.awaitReady(local);
            assertThat(running.children()).hasSize(1);
            assertThat(outputs(running.rest())).containsExactly("label", "probabilities");
            assertThat(running.scratch()).isDirectory();
            local.toHandle().destroy(); // leaves its output open, which Process.destroy does not
            assertThat(running.awaitEnd()).noneMatch(line -> line.contains("error: ") || line.contains("Exception"));
            assertThat(local.exitValue()).isEqualTo(143);
            running.assertNothingIsLeft();
        } finally {
            local.destroyForcibly();
        }
    }

    /** The sample's model without all that surrounds it. */
    private Path plainModel() throws IOException {
        Path sample = Home.find().sample("fraud");
        Files.copy(sample.resolveSibling("model.onnx"), dir.resolve("model.onnx"));
        ObjectMapper yaml = new ObjectMapper(new YAMLFactory());
        ObjectNode model = (ObjectNode) yaml.readTree(Files.readString(sample));
        ((ObjectNode) model.get("metadata")).put("name", "plain");
        ((ObjectNode) model.get("spec")).retain("model", "slo", "server");
        return Files.writeString(dir.resolve("model.yaml"), yaml.writeValueAsString(model));
    }

    private static List<String> outputs(String rest) throws IOException, InterruptedException {
        String zeros = String.join(",", Collections.nCopies(FEATURES, "0"));
        HttpResponse<String> response = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(rest + "/v2/models/plain/infer"))
                                .header("content-type", "application/json")
                                .POST(HttpRequest.BodyPublishers.ofString(
                                        "{\"inputs\":[{\"name\":\"input\",\"datatype\":\"FP32\",\"shape\":[1,"
                                                + FEATURES + "],\"data\":[" + zeros + "]}]}"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        List<String> names = new ArrayList<>();
        JsonNode outputs = new ObjectMapper().readTree(response.body()).path("outputs");
        outputs.forEach(output -> names.add(output.path("name").asText()));
        return names;
    }
}
