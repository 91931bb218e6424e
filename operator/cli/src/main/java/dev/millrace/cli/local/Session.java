package dev.millrace.cli.local;

import dev.millrace.cli.input.InputException;
import dev.millrace.cli.input.ModelFile;
import dev.millrace.plan.Finding;
import dev.millrace.plan.Images;
import dev.millrace.plan.PlanInputs;
import dev.millrace.plan.StackPlan;
import dev.millrace.plan.check.SpecCheck;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** From a YAML file to a running stack, and back to nothing. */
public final class Session implements AutoCloseable {
    private final LocalStack stack;
    private final Path workDir;
    private final boolean scratch;
    private volatile boolean keepLogs;
    private volatile boolean stopped;
    private boolean closed;

    private Session(LocalStack stack, Path workDir, boolean scratch) {
        this.stack = stack;
        this.workDir = workDir;
        this.scratch = scratch;
    }

    /**
     * Checks, plans and starts. Everything that can be wrong with the input is said before the first process.
     *
     * @throws InputException for findings, missing files and taken ports
     */
    public static Session open(Path yaml, LocalOptions options, PrintWriter out) {
        ModelFile file = ModelFile.read(yaml, "local");
        file.findings().forEach(out::println);
        if (!SpecCheck.isPlannable(file.findings())) {
            long errors = file.findings().stream()
                    .filter(f -> f.severity() == Finding.Severity.error)
                    .count();
            throw new InputException(yaml + ": " + errors + " errors; nothing was started");
        }
        StackPlan plan = StackPlan.of(file.valid(), PlanInputs.of(Images.of("local", "local")));
        LocalOptions.Ports ports = options.ports();
        boolean scratch = options.workDir == null;
        Path workDir = workDir(plan, options);
        out.println("starting " + plan.name() + "; logs in " + workDir);
        out.flush();
        LocalStack stack;
        try {
            stack = LocalStack.start(Home.find(), LocalLayout.of(plan, yaml, workDir, ports, options.kafka));
        } catch (RuntimeException e) {
            if (scratch) {
                delete(workDir);
            }
            throw e;
        }
        return new Session(stack, workDir, scratch);
    }

    private static Path workDir(StackPlan plan, LocalOptions options) {
        try {
            return options.workDir == null
                    ? Files.createTempDirectory("millrace-" + plan.name() + "-")
                    : Files.createDirectories(options.workDir.toAbsolutePath());
        } catch (IOException e) {
            throw new InputException("cannot create the work directory: " + e.getMessage(), e);
        }
    }

    public LocalStack stack() {
        return stack;
    }

    /** After a failure a person wants to read them; after Ctrl-C nobody does. */
    void keepLogsUnlessClosing() {
        keepLogs = !stack.isClosing();
    }

    /**
     * For the end that a signal brings. A child may have ended by it before this process began to, and been called a
     * failure: the logs that were to be kept for it are not.
     */
    void stop() {
        stopped = true;
        close();
    }

    /** The first call counts; it waits for every process, and so learns of a signal that came a moment later. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        stack.close();
        if (scratch && (stopped || !keepLogs)) {
            delete(workDir);
        }
    }

    private static void delete(Path dir) {
        if (!Files.exists(dir)) {
            return;
        }
        try (Stream<Path> walk = Files.walk(dir)) {
            List<Path> deepestFirst = walk.sorted(Comparator.reverseOrder()).toList();
            for (Path path : deepestFirst) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete " + dir, e);
        }
    }
}
