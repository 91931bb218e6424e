package dev.millrace.devkit.store;

import dev.millrace.devkit.machine.Ports;
import dev.millrace.devkit.machine.TempDir;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import redis.embedded.core.ExecutableProvider;

/**
 * A real Redis from its Maven package, as a child process, configured like a managed store: no persistence,
 * {@code noeviction}.
 *
 * <p>The child also ends when this JVM is killed: a two-line shell beside it waits for the end of a pipe that only this
 * JVM holds open.
 */
public final class EmbeddedStore implements AutoCloseable {
    private static final Duration READY = Duration.ofSeconds(15);

    /**
     * {@code $@} is the server's command line. The server outlives neither the pipe on fd 3 nor this shell, and the shell
     * waits for its end: the first wait is cut short by the trap. It clears its directory, {@code $1}, when this JVM cannot.
     */
    private static final String GUARD = "dir=$1; shift; exec 3<&0; \"$@\" 3<&- </dev/null & child=$!; "
            + "trap 'kill $child 2>/dev/null' TERM INT; "
            + "{ read -r line <&3; kill $child 2>/dev/null; } & watch=$!; "
            + "wait $child; wait $child 2>/dev/null; kill $watch 2>/dev/null; wait $watch; "
            + "kill -0 $PPID 2>/dev/null || rm -rf \"$dir\"";

    private final Path dir;
    private final Process guard;
    private final int port;

    private EmbeddedStore(Path dir, Process guard, int port) {
        this.dir = dir;
        this.guard = guard;
        this.port = port;
    }

    /** Starts on a random port without a password. */
    public static EmbeddedStore start() {
        return start(0, null);
    }

    /**
     * Starts and returns once it answers.
     *
     * @param port 0 = any free one
     * @param password null = none
     */
    public static EmbeddedStore start(int port, @Nullable String password) {
        int chosen = Ports.orFree(port);
        Path dir = TempDir.create("millrace-store-");
        Process guard;
        try {
            Path binary = ExecutableProvider.newJarResourceProvider(dir.toFile())
                    .get()
                    .toPath();
            guard = new ProcessBuilder(command(binary, dir, chosen, password))
                    .redirectOutput(dir.resolve("store.log").toFile())
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException e) {
            TempDir.delete(dir);
            throw new IllegalStateException("cannot start Redis from its Maven package", e);
        }
        EmbeddedStore store = new EmbeddedStore(dir, guard, chosen);
        try {
            store.awaitReady();
        } catch (RuntimeException e) {
            store.close();
            throw e;
        }
        return store;
    }

    private static List<String> command(Path binary, Path dir, int port, @Nullable String password) throws IOException {
        List<String> config = new ArrayList<>(List.of(
                "bind 127.0.0.1",
                "port " + port,
                "save \"\"",
                "appendonly no",
                "maxmemory 256mb",
                "maxmemory-policy noeviction",
                "dir " + dir,
                "daemonize no"));
        if (password != null) {
            // In the file, not on the command line, where every user of the machine could read it.
            config.add("requirepass " + password);
        }
        Path file = dir.resolve("store.conf");
        Files.write(file, config, StandardCharsets.UTF_8);
        return List.of("/bin/sh", "-c", GUARD, "millrace-store", dir.toString(), binary.toString(), file.toString());
    }

    private void awaitReady() {
        long deadline = System.nanoTime() + READY.toNanos();
        while (System.nanoTime() < deadline) {
            if (answers()) {
                return;
            }
            try {
                if (guard.waitFor(20, TimeUnit.MILLISECONDS)) {
                    throw new IllegalStateException("Redis ended at once on port " + port + ": " + log());
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while Redis started", e);
            }
        }
        throw new IllegalStateException("Redis on port " + port + " does not answer after " + READY + ": " + log());
    }

    /** PONG, or a demand for the password: either way it is up. */
    private boolean answers() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress("127.0.0.1", port), 500);
            socket.setSoTimeout(500);
            socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            String answer = new String(in.readNBytes(5), StandardCharsets.US_ASCII);
            return answer.equals("+PONG") || answer.equals("-NOAU");
        } catch (IOException e) {
            return false;
        }
    }

    private String log() {
        try {
            return Files.readString(dir.resolve("store.log"), StandardCharsets.UTF_8)
                    .strip();
        } catch (IOException e) {
            return "(no log)";
        }
    }

    public int port() {
        return port;
    }

    /** {@code redis://127.0.0.1:port}. */
    public String address() {
        return "redis://127.0.0.1:" + port;
    }

    /** Whether the child still runs. */
    public boolean isAlive() {
        return guard.isAlive();
    }

    /** The child's process id and those below it; for tests that look whether they are gone. */
    public List<ProcessHandle> processes() {
        List<ProcessHandle> all = new ArrayList<>(guard.descendants().toList());
        all.add(guard.toHandle());
        return all;
    }

    @Override
    public void close() {
        List<ProcessHandle> all = processes();
        guard.destroy();
        try {
            if (!guard.waitFor(5, TimeUnit.SECONDS)) {
                all.forEach(ProcessHandle::destroyForcibly);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            all.forEach(ProcessHandle::destroyForcibly);
        }
        TempDir.delete(dir);
    }
}
