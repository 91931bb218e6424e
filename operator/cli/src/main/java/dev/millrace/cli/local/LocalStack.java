package dev.millrace.cli.local;

import dev.millrace.cli.input.InputException;
import dev.millrace.contract.config.Json;
import dev.millrace.plan.Placement;
import dev.millrace.plan.Source;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * The processes of one stack: store, broker, batch loaders, aggregator and server, started in parallel as far as one does
 * not need another, all ended by {@link #close()}.
 */
public final class LocalStack implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(180);
    /**
     * The flags of a short run on a few cores, where the second compiler would take more time than it saves. Images have
     * others.
     */
    static final List<String> JVM = List.of("-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto");

    private final Home home;
    private final LocalLayout layout;
    private final Probe probe = new Probe();
    private final List<LocalProcess> children = new CopyOnWriteArrayList<>();
    private final long startedNs = System.nanoTime();
    private double startupSeconds;
    private volatile boolean closing;

    private LocalStack(Home home, LocalLayout layout) {
        this.home = home;
        this.layout = layout;
    }

    /**
     * Starts everything; returns at once. {@link #awaitReady} says when it can be used.
     *
     * @throws InputException when a file is missing
     */
    static LocalStack start(Home home, LocalLayout layout) {
        LocalStack stack = new LocalStack(home, layout);
        try {
            stack.startAll();
        } catch (RuntimeException e) {
            stack.close();
            throw e;
        }
        return stack;
    }

    private void startAll() {
        Placement placement = layout.placement();
        Path serving = write("serving.json", Json.write(layout.plan().servingConfig(placement)));
        if (layout.needsStore()) {
            devkit("store", List.of("store", "--port", String.valueOf(layout.storePort())));
        }
        if (layout.startsBroker()) {
            List<String> args = new ArrayList<>(List.of("broker", "--port", String.valueOf(layout.brokerPort())));
            layout.topics().forEach(topic -> Collections.addAll(args, "--topic", topic + ":2"));
            devkit("broker", args);
        }
        if (layout.plan().model().source() instanceof Source.HttpsFile https) {
            fetchModel(https);
        }
        child("server", "server", "dev.millrace.server.Main", JVM, List.of("--config", serving.toString()));
    }

    private void fetchModel(Source.HttpsFile https) {
        LocalProcess loader = child(
                "model-loader",
                "server",
                "dev.millrace.server.loader.Main",
                JVM,
                List.of(
                        "--uri", https.uri(),
                        "--digest", layout.plan().model().digest(),
                        "--target", layout.modelFile().toString()));
        awaitSuccess(loader);
    }

    /**
     * Returns once predictions are answered from loaded features.
     *
     * @throws InputException with the log's end when a process fails
     */
    public void awaitReady() {
        if (layout.needsStore()) {
            Path aggregator = write("aggregator.json", Json.write(layout.plan().aggregatorConfig(layout.placement())));
            awaitChild("store");
            List<LocalProcess> loaders = new ArrayList<>();
            for (String group : layout.batches().keySet()) {
                loaders.add(child(
                        "load-" + group,
                        "aggregator",
                        "dev.millrace.aggregator.batch.Main",
                        JVM,
                        List.of("--config", aggregator.toString(), "--group", group)));
            }
            if (layout.needsAggregator()) {
                if (layout.startsBroker()) {
                    awaitChild("broker");
                }
                child(
                        "aggregator",
                        layout.keepsTilesOnDisk() ? "aggregator-rocksdb" : "aggregator",
                        "dev.millrace.aggregator.Main",
                        JVM,
                        List.of("--config", aggregator.toString()));
            }
            loaders.forEach(this::awaitSuccess);
        }
        if (layout.startsBroker()) {
            awaitChild("broker");
        }
        if (layout.needsAggregator()) {
            awaitTrue("aggregator", () -> probe.isReady(layout.aggregatorMetricsPort()));
        }
        awaitTrue("server", () -> probe.isReady(layout.ports().metrics()));
        startupSeconds = Math.round((System.nanoTime() - startedNs) / 1e8) / 10.0;
    }

    private LocalProcess devkit(String name, List<String> args) {
        return child(name, "devkit", "dev.millrace.devkit.Main", JVM, args);
    }

    private LocalProcess child(String name, String module, String mainClass, List<String> jvm, List<String> args) {
        return child(new LocalProcess.Spec(name, home.lib(module), mainClass, jvm, args, false));
    }

    /** Starts one more process that ends with the stack. */
    LocalProcess child(LocalProcess.Spec spec) {
        LocalProcess child = LocalProcess.start(spec, layout.workDir());
        children.add(child);
        return child;
    }

    private LocalProcess find(String name) {
        return children.stream()
                .filter(child -> child.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(name + " was not started"));
    }

    private void awaitChild(String name) {
        awaitTrue(name, find(name)::saidReady);
    }

    private void awaitTrue(String name, BooleanSupplier ready) {
        LocalProcess child = find(name);
        while (!ready.getAsBoolean()) {
            if (Thread.interrupted() || isClosing()) {
                throw new InputException("stopped while " + name + " was starting");
            }
            children.stream().filter(LocalProcess::hasFailed).findFirst().ifPresent(failed -> {
                throw new InputException(failed.obituary());
            });
            if (System.nanoTime() - startedNs > PATIENCE.toNanos()) {
                int port = name.equals("server") ? layout.ports().metrics() : layout.aggregatorMetricsPort();
                throw new InputException(child.obituary() + "\n" + probe.status(port));
            }
            LockSupport.parkNanos(80_000_000);
        }
    }

    private void awaitSuccess(LocalProcess child) {
        try {
            int code = child.await();
            children.remove(child);
            if (code != 0) {
                throw new InputException(child.obituary());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InputException("stopped while " + child.name() + " was running", e);
        }
    }

    private Path write(String name, String text) {
        try {
            return Files.writeString(layout.workDir().resolve(name), text);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write to " + layout.workDir(), e);
        }
    }

    LocalLayout layout() {
        return layout;
    }

    /** From the first process to the last one ready. */
    public double startupSeconds() {
        return startupSeconds;
    }

    /** All processes that the stack consists of now, with what they started. */
    public List<ProcessHandle> processes() {
        List<ProcessHandle> all = new ArrayList<>();
        for (LocalProcess child : children) {
            all.add(child.handle());
            child.handle().descendants().forEach(all::add);
        }
        return all;
    }

    /**
     * Whether it is being stopped, so that ends of processes are no failures. A terminal's Ctrl-C reaches every process at
     * once, and this one may see others end before its own shutdown begins.
     */
    boolean isClosing() {
        return closing || children.stream().anyMatch(LocalProcess::wasInterrupted);
    }

    /** Waits until a process ends. What it was, for a person. */
    String awaitEnd() {
        CompletableFuture<?>[] ends =
                children.stream().map(LocalProcess::onExit).toArray(CompletableFuture<?>[]::new);
        LocalProcess ended = (LocalProcess) CompletableFuture.anyOf(ends).join();
        return ended.obituary();
    }

    /** The data plane first, then what it leans on; waits for all. */
    @Override
    public void close() {
        closing = true;
        List<LocalProcess> base = new ArrayList<>();
        List<LocalProcess> first = new ArrayList<>();
        for (LocalProcess child : children) {
            (child.name().equals("store") || child.name().equals("broker") ? base : first).add(child);
        }
        for (List<LocalProcess> group : List.of(first, base)) {
            group.forEach(LocalProcess::askToStop);
            group.forEach(LocalProcess::awaitStop);
        }
        children.clear();
    }
}
