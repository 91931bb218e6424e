package dev.millrace.devkit.generator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A server that stands still for one second of five: who was due meanwhile waited, and the figures say so. */
class StallIT {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path dir;

    /** The last one has too few connections: it must say so, and is still right, since it counts from the intended send. */
    @ParameterizedTest
    @CsvSource({"rest-json, 4096, false", "grpc-raw, 4096, false", "rest-json, 4, true"})
    void p99TellsTheTruth(String protocol, int maxConnections, boolean waits) throws Exception {
        Path report = dir.resolve("report.json");
        try (EchoProcess echo = EchoProcess.start(protocol.startsWith("grpc"))) {
            List<String> command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx256m",
                    "dev.millrace.devkit.Main",
                    "load",
                    "--url",
                    "http://127.0.0.1:" + echo.address().getPort(),
                    "--protocol",
                    protocol));
            command.addAll(List.of("--arrivals", "constant", "--rate", "200", "--for", "5s", "--warm-up", "1s"));
            command.addAll(List.of("--connections", "4", "--max-connections", String.valueOf(maxConnections)));
            command.addAll(List.of("--pid", String.valueOf(echo.pid()), "--report", report.toString()));
            // stderr is the JVM's own, which has warnings of its own on newer releases
            ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
            builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
            Process load = builder.start();
            try {
                BufferedReader output = load.inputReader(StandardCharsets.UTF_8);
                String line = output.readLine();
                assertThat(line).isEqualTo("measuring");
                awaitNanos(TimeUnit.SECONDS.toNanos(2));
                signal("-STOP", echo.pid());
                awaitNanos(TimeUnit.SECONDS.toNanos(1));
                signal("-CONT", echo.pid());
                String said = output.lines().collect(Collectors.joining("\n"));
                System.out.println(said);
                assertThat(load.waitFor()).isZero();
                assertThat(said.contains("WARNING")).as(said).isEqualTo(waits);
            } finally {
                load.destroyForcibly();
            }
        }
        JsonNode figures = new ObjectMapper().readTree(report.toFile()).path("figures");
        assertThat(figures.path("calls").asLong()).isEqualTo(999);
        assertThat(figures.path("answered").asLong()).isEqualTo(999);
        // a fifth of all calls was due in that second: the truth is a p90 near 500 ms and a p99 near 950. A client that
        // times
        // from the real send says 1 to 50 ms; between the two there is room for a machine that is busy
        JsonNode latency = figures.path("latencyMs");
        assertThat(latency.path("p90").asDouble()).isGreaterThan(200);
        assertThat(latency.path("p99").asDouble()).isGreaterThan(500);
        assertThat(latency.path("max").asDouble()).isGreaterThan(700);
        assertThat(figures.path("goodput").asDouble()).isLessThan(0.85);
        assertThat(figures.path("waited").asLong() > 0).isEqualTo(waits);
        assertThat(figures.path("server").path("cpuSeconds").asDouble()).isPositive();
    }

    private static void awaitNanos(long nanos) {
        long end = System.nanoTime() + nanos;
        Awaitility.await()
                .atMost(Duration.ofNanos(nanos).plusSeconds(10))
                .pollInterval(Duration.ofMillis(5))
                .until(() -> System.nanoTime() >= end);
    }

    private static void signal(String name, long pid) throws Exception {
        assertThat(new ProcessBuilder("kill", name, String.valueOf(pid))
                        .inheritIO()
                        .start()
                        .waitFor())
                .isZero();
    }
}
