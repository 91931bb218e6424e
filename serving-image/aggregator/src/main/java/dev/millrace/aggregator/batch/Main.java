package dev.millrace.aggregator.batch;

import dev.millrace.aggregator.sink.StoreUnavailableException;
import dev.millrace.contract.config.AggregatorConfig;
import dev.millrace.contract.config.ConfigException;
import dev.millrace.contract.config.FeatureGroup;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code dev.millrace.aggregator.batch.Main --config aggregator.json [--group profile] [--run id [--workers 4 --index 0]]}.
 * Without a group all batch groups are loaded. With a run's id a process goes on where a killed one of the same id was; a
 * worker takes every fourth file, and the last one ends the run.
 *
 * <p>Exit codes: 0 loaded (rejected rows are told and counted), 1 the files cannot be loaded, 2 the document or the command
 * line cannot be honoured, 3 the store cannot be reached.
 */
public final class Main {
    static final int SOURCE = 1;
    static final int USAGE = 2;
    static final int STORE = 3;

    private Main() {}

    public static void main(String[] args) {
        System.exit(run(args));
    }

    /** Loads, says how it went, and gives the exit code. */
    static int run(String[] args) {
        try {
            String file = option(args, "--config");
            if (file == null || args.length % 2 != 0) {
                throw new ConfigException(
                        "usage: dev.millrace.aggregator.batch.Main --config aggregator.json [--group name]"
                                + " [--run id [--workers n --index i]]");
            }
            AggregatorConfig config = dev.millrace.aggregator.Main.read(Path.of(file));
            BatchLoader loader = new BatchLoader(config, System.out::println);
            Worker worker = worker(args);
            for (FeatureGroup group : groups(config, option(args, "--group"))) {
                BatchLoader.Loaded loaded = loader.load(group, worker, System.currentTimeMillis());
                System.out.println(loaded.run().summary()
                        + (loaded.waitingFor() == 0
                                ? ""
                                : " (worker " + worker.index() + "; not done yet: " + loaded.waitingFor() + " of "
                                        + worker.workers() + ")"));
            }
            return 0;
        } catch (SourceException e) {
            return fail(SOURCE, e);
        } catch (ConfigException | IllegalArgumentException e) {
            return fail(USAGE, e);
        } catch (StoreUnavailableException e) {
            return fail(STORE, e);
        }
    }

    private static int fail(int code, Exception e) {
        System.err.println("millrace-batch: " + e.getMessage());
        return code;
    }

    private static Worker worker(String[] args) {
        String run = option(args, "--run");
        if (run == null) {
            return Worker.alone();
        }
        String workers = option(args, "--workers");
        String index = option(args, "--index");
        return new Worker(
                run, index == null ? 0 : Integer.parseInt(index), workers == null ? 1 : Integer.parseInt(workers));
    }

    private static List<FeatureGroup> groups(AggregatorConfig config, @Nullable String name) {
        List<FeatureGroup> batches =
                config.groups().stream().filter(g -> g.batch() != null).toList();
        if (name == null) {
            return batches;
        }
        List<FeatureGroup> chosen =
                batches.stream().filter(g -> g.name().equals(name)).toList();
        if (chosen.isEmpty()) {
            throw new ConfigException("--group " + name + ": there is no batch group of this name, there are "
                    + batches.stream().map(FeatureGroup::name).toList());
        }
        return chosen;
    }

    private static @Nullable String option(String[] args, String name) {
        for (int i = 0; i + 1 < args.length; i += 2) {
            if (args[i].equals(name)) {
                return args[i + 1];
            }
        }
        return null;
    }
}
