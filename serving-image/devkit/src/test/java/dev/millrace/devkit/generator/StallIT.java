package dev.millrace.devkit.generator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
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
            ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
            builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
            Process load = builder.start();
            try {
                // warm-up and the first second of the run have passed once the echo server has worked so long
                awaitConnections(echo.address().getPort());
                awaitNanos(TimeUnit.MILLISECONDS.toNanos(2_500));
                signal("-STOP", echo.pid());
                awaitNanos(TimeUnit.SECONDS.toNanos(1));
                signal("-CONT", echo.pid());
                String said = new String(load.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
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
        // a fifth of all calls was due in that second: the truth is a median near 0, p90 near 500 ms and p99 near 950
        JsonNode latency = figures.path("latencyMs");
        assertThat(latency.path("p50").asDouble()).isLessThan(100);
        assertThat(latency.path("p90").asDouble()).isBetween(350.0, 900.0);
        assertThat(latency.path("p99").asDouble()).isBetween(850.0, 1_500.0);
        assertThat(latency.path("max").asDouble()).isBetween(950.0, 2_000.0);
        assertThat(figures.path("goodput").asDouble()).isLessThan(0.85);
        assertThat(figures.path("waited").asLong() > 0).isEqualTo(waits);
        assertThat(figures.path("server").path("cpuSeconds").asDouble()).isPositive();
    }

    /** The generator has begun to connect. */
    private static void awaitConnections(int port) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> {
                    String hex = String.format(":%04X", port);
            // a JVM's sockets are of IPv6, whatever the address
            List<String> sockets = new ArrayList<>(Files.readAllLines(Path.of("/proc/net/tcp")));
            sockets.addAll(Files.readAllLines(Path.of("/proc/net/tcp6")));
            return sockets.stream()
                    .map(line -> line.trim().split("\\s+"))
                    // remote address, state ESTABLISHED
                    .anyMatch(fields -> fields[2].endsWith(hex) && fields[3].equals("01"));
        });
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
