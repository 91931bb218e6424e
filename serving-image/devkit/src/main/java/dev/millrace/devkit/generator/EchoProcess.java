package dev.millrace.devkit.generator;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An echo server as a process of its own, as the server it stands in for is one. */
final class EchoProcess implements AutoCloseable {
    private static final Pattern READY = Pattern.compile("millrace-echo ready port=(\\d+)");

    private final Process process;
    private final int port;

    private EchoProcess(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    static EchoProcess start(boolean grpc) {
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.millrace.devkit.Main",
                "echo",
                grpc ? "--grpc" : "--no-grpc");
        try {
            Process process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            // ends with this one, whatever ends it but a kill -9
            Runtime.getRuntime().addShutdownHook(new Thread(process::destroy, "stop-echo"));
            BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                Matcher ready = READY.matcher(line);
                if (ready.matches()) {
                    return new EchoProcess(process, Integer.parseInt(ready.group(1)));
                }
            }
            throw new IllegalStateException("the echo server ended before it was ready");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start an echo server", e);
        }
    }

    long pid() {
        return process.pid();
    }

    InetSocketAddress address() {
        return new InetSocketAddress("127.0.0.1", port);
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().join();
    }
}
