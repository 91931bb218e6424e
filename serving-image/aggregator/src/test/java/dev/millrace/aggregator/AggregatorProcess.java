package dev.millrace.aggregator;

import static org.awaitility.Awaitility.await;

import dev.millrace.contract.config.AggregatorConfig;
import dev.millrace.contract.config.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A child JVM that runs {@link ChaosMain}; its log lies beside its document. */
final class AggregatorProcess implements AutoCloseable {
    private static final String READY = "millrace-aggregator ready metrics=";

    private final HttpClient http = HttpClient.newHttpClient();
    private final Process process;
    private final Path log;
    private final Path slow;
    private final int metricsPort;

    private AggregatorProcess(Process process, Path run) {
        this.process = process;
        this.log = run.resolve("log");
        this.slow = run.resolve("slow");
        this.metricsPort = await("the ready line")
                .atMost(Bench.PATIENCE)
                .until(
                        () -> {
                            if (!process.isAlive()) {
                                throw new IllegalStateException("the aggregator ended: " + read(log));
                            }
                            return read(log)
                                    .lines()
                                    .filter(line -> line.startsWith(READY))
                                    .map(line -> Integer.parseInt(line.substring(READY.length())))
                                    .findFirst()
                                    .orElse(0);
                        },
                        port -> port > 0);
    }

    /** @param delayMs that each write takes, see {@link #slowStore} */
    static AggregatorProcess start(Path dir, AggregatorConfig config, long delayMs, boolean barrier)
            throws IOException {
        Path run = Files.createTempDirectory(dir, "run");
        Path document = run.resolve("aggregator.json");
        Files.writeString(document, Json.write(config));
        Files.createFile(run.resolve("slow"));
        // surefire hides the class path in the manifest of a jar, and keeps the real one here
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        classPath,
                        ChaosMain.class.getName(),
                        document.toString(),
                        Long.toString(delayMs),
                        barrier ? "barrier" : "no-barrier",
                        run.resolve("slow").toString())
                .redirectErrorStream(true)
                .redirectOutput(run.resolve("log").toFile())
                .start();
        try {
            return new AggregatorProcess(process, run);
        } catch (RuntimeException e) {
            process.destroyForcibly();
            throw e;
        }
    }

    /** Sum of a metric's samples whose line contains {@code label}; 0 when there is none. */
    double metric(String name, String label) {
        try {
            HttpResponse<String> answer = http.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + metricsPort + "/metrics"))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            return answer.body()
                    .lines()
                    .filter(line -> line.startsWith(name + "{") && line.contains(label))
                    .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                    .sum();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Whether writes take their delay from now on; they do at the start. */
    void slowStore(boolean yes) throws IOException {
        if (yes) {
            Files.createFile(slow);
        } else {
            Files.delete(slow);
        }
    }

    /** SIGSTOP: it stands still, as in a pause for garbage that does not end. */
    void freeze() throws Exception {
        signal("STOP");
    }

    /** SIGCONT. */
    void thaw() throws Exception {
        signal("CONT");
    }

    private void signal(String name) throws Exception {
        int code = new ProcessBuilder("kill", "-s", name, Long.toString(process.pid()))
                .start()
                .waitFor();
        if (code != 0) {
            throw new IllegalStateException("kill -s " + name + " ended with " + code);
        }
    }

    /** SIGKILL: no hook runs. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            throw new IllegalStateException("it does not die");
        }
    }

    /** SIGTERM; the exit code. */
    int terminate() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IllegalStateException("it did not stop within 60 s: " + read(log));
        }
        return process.exitValue();
    }

    String log() {
        return read(log);
    }

    private static String read(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file, StandardCharsets.UTF_8) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
