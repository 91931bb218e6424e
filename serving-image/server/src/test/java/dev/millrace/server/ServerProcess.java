package dev.millrace.server;

import dev.millrace.contract.config.Json;
import dev.millrace.contract.config.ServingConfig;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A server as a process of its own, with what its image sets. */
final class ServerProcess implements AutoCloseable {
    private static final Pattern READY =
            Pattern.compile("millrace-server ready rest=(\\d+) grpc=(\\d+) metrics=(\\d+)");

    private final Process process;
    private final BufferedReader out;
    private final Path errors;

    private ServerProcess(Process process, Path errors) {
        this.process = process;
        this.out = process.inputReader(StandardCharsets.UTF_8);
        this.errors = errors;
    }

    /** {@code dir} takes its document and what it writes to standard error. */
    static ServerProcess start(Path dir, ServingConfig config, String... jvmOptions) throws IOException {
        Path document = dir.resolve("serving.json");
        Files.writeString(document, Json.write(config));
        return start(dir, List.of("--config", document.toString()), jvmOptions);
    }

    /** With these arguments; {@code dir} takes what it writes to standard error. */
    static ServerProcess start(Path dir, List<String> arguments, String... jvmOptions) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx256m", "-XX:+UseG1GC", "-XX:MaxGCPauseMillis=5"));
        command.addAll(List.of(jvmOptions));
        command.add("dev.millrace.server.Main");
        command.addAll(arguments);
        Path errors = dir.resolve("err");
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors.toFile());
        // not an option: ONNX Runtime reads the command line, and does not survive a long one
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        builder.environment().put("ORT_DISABLE_TELEMETRY", "1");
        return new ServerProcess(builder.start(), errors);
    }

    /** Blocks until it says that it is ready. */
    Ports awaitReady() throws IOException {
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            Matcher m = READY.matcher(line);
            if (m.matches()) {
                return new Ports(
                        Integer.parseInt(m.group(1)), Integer.parseInt(m.group(2)), Integer.parseInt(m.group(3)));
            }
        }
        throw new IllegalStateException("the server ended before it was ready: " + errors());
    }

    Process process() {
        return process;
    }

    /** What it wrote to standard error so far: its log. */
    String errors() throws IOException {
        return Files.readString(errors);
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
