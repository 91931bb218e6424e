package dev.millrace.devkit.database;

import dev.millrace.devkit.machine.Ports;
import dev.millrace.devkit.machine.TempDir;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The machine's own PostgreSQL as a child process, on a random port of the loopback interface, with passwords by SCRAM. It can
 * be stopped, frozen and started again. PostgreSQL refuses to run as root: there it runs as {@code nobody}.
 *
 * <p>The child also ends when this JVM is killed: a shell beside it waits for the end of a pipe that only this JVM holds open.
 */
public final class EmbeddedPostgres implements AutoCloseable {
    /** Owner of everything, and name of the database. */
    public static final String USER = "postgres";

    private static final Duration READY = Duration.ofSeconds(60);
    private static final Path DEBIAN = Path.of("/usr/lib/postgresql");
    private static final String NOBODY = "nobody";

    /** {@code $@} is the server's command line; SIGQUIT ends it without waiting for its clients. */
    private static final String GUARD = "dir=$1; shift; exec 3<&0; \"$@\" 3<&- </dev/null & child=$!; "
            + "trap 'kill -QUIT $child 2>/dev/null' TERM INT; "
            + "{ read -r line <&3; kill -QUIT $child 2>/dev/null; } & watch=$!; "
            + "wait $child; wait $child 2>/dev/null; kill $watch 2>/dev/null; wait $watch; "
            + "kill -0 $PPID 2>/dev/null || rm -rf \"$dir\"";

    private final Path bin;
    private final Path dir;
    private final int port;
    private final String password;
    private @Nullable Process guard;

    private EmbeddedPostgres(Path bin, Path dir, int port, String password) {
        this.bin = bin;
        this.dir = dir;
        this.port = port;
        this.password = password;
    }

    /** Whether there is a PostgreSQL to run. */
    public static boolean isInstalled() {
        return find().isPresent();
    }

    /**
     * Starts an empty one and returns once it answers.
     *
     * @throws IllegalStateException with its log, when it does not
     */
    public static EmbeddedPostgres start(String password) {
        Path bin = find().orElseThrow(() ->
                new IllegalStateException("there is no PostgreSQL; install it: apt-get install postgresql"));
        EmbeddedPostgres database =
                new EmbeddedPostgres(bin, TempDir.create("millrace-postgres-"), Ports.free(), password);
        try {
            database.init();
            database.start();
        } catch (IOException e) {
            database.close();
            throw new IllegalStateException("cannot start PostgreSQL", e);
        } catch (RuntimeException e) {
            database.close();
            throw e;
        }
        return database;
    }

    /** The newest of Debian's, else the one on the path. */
    private static Optional<Path> find() {
        List<Path> candidates = new ArrayList<>();
        if (Files.isDirectory(DEBIAN)) {
            try (Stream<Path> versions = Files.list(DEBIAN)) {
                versions.map(version -> version.resolve("bin"))
                        .sorted((a, b) -> b.toString().compareTo(a.toString()))
                        .forEach(candidates::add);
            } catch (IOException e) {
                candidates.clear();
            }
        }
        for (String entry : System.getenv().getOrDefault("PATH", "").split(":")) {
            candidates.add(Path.of(entry));
        }
        return candidates.stream()
                .filter(candidate -> Files.isExecutable(candidate.resolve("initdb")))
                .findFirst();
    }

    private static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    private List<String> command(String program, String... args) {
        List<String> command = new ArrayList<>();
        if (isRoot()) {
            command.addAll(List.of("setpriv", "--reuid=" + NOBODY, "--regid=nogroup", "--clear-groups"));
        }
        command.add(bin.resolve(program).toString());
        command.addAll(List.of(args));
        return command;
    }

    private void init() throws IOException {
        Path secret = Files.writeString(dir.resolve("password"), password);
        if (isRoot()) {
            var nobody = dir.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(NOBODY);
            Files.setOwner(dir, nobody);
            Files.setOwner(secret, nobody);
        }
        run(
                new ProcessBuilder(command(
                        "initdb",
                        "--pgdata=" + dir.resolve("data"),
                        "--username=" + USER,
                        "--pwfile=" + secret,
                        "--auth=scram-sha-256",
                        "--encoding=UTF8",
                        "--no-locale",
                        "--no-sync")),
                "initdb");
    }

    /** Starts it again, on the same port with the same data. */
    public void start() throws IOException {
        List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", GUARD, "millrace-postgres", dir.toString()));
        command.addAll(command(
                "postgres",
                "-D",
                dir.resolve("data").toString(),
                "-p",
                String.valueOf(port),
                "-c",
                "listen_addresses=127.0.0.1",
                "-c",
                "unix_socket_directories=",
                "-c",
                "fsync=off",
                "-c",
                "shared_buffers=16MB"));
        guard = new ProcessBuilder(command)
                .directory(dir.toFile())
                .redirectOutput(dir.resolve("postgres.log").toFile())
                .redirectErrorStream(true)
                .start();
        long deadline = System.nanoTime() + READY.toNanos();
        while (!answers()) {
            if (!guard.isAlive() || System.nanoTime() > deadline) {
                throw new IllegalStateException("PostgreSQL on port " + port + " does not answer: " + log());
            }
        }
    }

    private boolean answers() throws IOException {
        Process ready = new ProcessBuilder(
                        bin.resolve("pg_isready").toString(), "-q", "-t", "1", "-h", "127.0.0.1", "-p", "" + port)
                .start();
        try {
            return ready.waitFor(5, TimeUnit.SECONDS) && ready.exitValue() == 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while PostgreSQL started", e);
        }
    }

    /**
     * Runs statements as {@link #USER}, each by itself.
     *
     * @return what they gave, a line for each row
     * @throws IllegalStateException with what the database says
     */
    public String run(String... statements) {
        List<String> command = new ArrayList<>(List.of(
                bin.resolve("psql").toString(),
                "-X",
                "-q",
                "-A",
                "-t",
                "-v",
                "ON_ERROR_STOP=1",
                "-h",
                "127.0.0.1",
                "-p",
                String.valueOf(port),
                "-U",
                USER,
                USER));
        for (String statement : statements) {
            command.addAll(List.of("-c", statement));
        }
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("PGPASSWORD", password);
        try {
            return run(builder, "psql");
        } catch (IOException e) {
            throw new IllegalStateException("cannot run psql", e);
        }
    }

    private String run(ProcessBuilder builder, String name) throws IOException {
        // a directory of root's is not everybody's
        Process process =
                builder.directory(dir.toFile()).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        try {
            if (process.waitFor() != 0) {
                throw new IllegalStateException(name + ": " + said);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while " + name + " ran", e);
        }
        return said;
    }

    /** From here on it offers TLS to new connections: PEM files of a certificate and its key. */
    public void offerTls(Path certificate, Path key) throws IOException {
        for (Path file : List.of(certificate, key)) {
            Path copy = Files.copy(file, dir.resolve("data").resolve("server." + (file.equals(key) ? "key" : "crt")));
            Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rw-------"));
            Files.setOwner(copy, Files.getOwner(dir));
        }
        run("ALTER SYSTEM SET ssl = on", "SELECT pg_reload_conf()");
    }

    /** All its processes stand still: connections stay open and nothing answers. */
    public void freeze() throws IOException {
        signal("STOP");
    }

    /** They go on. */
    public void thaw() throws IOException {
        signal("CONT");
    }

    private void signal(String name) throws IOException {
        List<String> command = new ArrayList<>(List.of("kill", "-" + name));
        Process running = guard;
        if (running != null) {
            // the guard itself and its reader go on
            running.descendants()
                    .filter(process -> isServer(process))
                    .forEach(process -> command.add(String.valueOf(process.pid())));
        }
        run(new ProcessBuilder(command), "kill");
    }

    /** Not the guard's reader. Names of programs are not told of everybody's processes; a shell is of our own. */
    private static boolean isServer(ProcessHandle process) {
        return !process.info().command().orElse("postgres").endsWith("sh");
    }

    /** Ends it at once, and every connection to it. {@link #start()} brings it back. */
    public void stop() {
        Process running = guard;
        guard = null;
        if (running == null) {
            return;
        }
        List<ProcessHandle> all = running.descendants().toList();
        running.destroy();
        try {
            if (!running.waitFor(20, TimeUnit.SECONDS)) {
                all.forEach(ProcessHandle::destroyForcibly);
                running.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            all.forEach(ProcessHandle::destroyForcibly);
        }
    }

    private String log() {
        try {
            return Files.readString(dir.resolve("postgres.log")).strip();
        } catch (IOException e) {
            return "(no log)";
        }
    }

    public int port() {
        return port;
    }

    @Override
    public void close() {
        stop();
        TempDir.delete(dir);
    }
}
