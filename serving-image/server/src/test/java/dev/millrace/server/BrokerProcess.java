package dev.millrace.server;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A Kafka broker as a process of its own, that can be killed and started again with what it kept. */
final class BrokerProcess implements AutoCloseable {
    private final Process process;

    private BrokerProcess(Process process) {
        this.process = process;
    }

    /** Returns when clients can use it. {@code dir} keeps its log from one start to the next. */
    static BrokerProcess start(Path dir, int port, String topic) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:+UseSerialGC",
                        "dev.millrace.devkit.Main",
                        "broker",
                        "--port",
                        Integer.toString(port),
                        "--dir",
                        dir.resolve("broker").toString(),
                        "--topic",
                        topic)
                .redirectError(dir.resolve("broker.err").toFile());
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        Process process = builder.start();
        BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            if (line.startsWith("millrace-broker ready")) {
                return new BrokerProcess(process);
            }
        }
        throw new IllegalStateException(
                "the broker ended before it was ready: " + Files.readString(dir.resolve("broker.err")));
    }

    /** {@code SIGKILL}: what it had acknowledged is in the page cache, and so not lost. */
    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
    }
}
