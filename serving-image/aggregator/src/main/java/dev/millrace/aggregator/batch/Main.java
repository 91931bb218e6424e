package dev.millrace.aggregator.batch;

import dev.millrace.aggregator.sink.StoreUnavailableException;
import dev.millrace.contract.config.AggregatorConfig;
import dev.millrace.contract.config.ConfigException;
import dev.millrace.contract.config.FeatureGroup;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code dev.millrace.aggregator.batch.Main --config aggregator.json [--group profile]}. Without a group all batch groups
 * are loaded.
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
                        "usage: dev.millrace.aggregator.batch.Main --config aggregator.json [--group name]");
            }
            AggregatorConfig config = dev.millrace.aggregator.Main.read(Path.of(file));
            BatchLoader loader = new BatchLoader(config, System.out::println);
            for (FeatureGroup group : groups(config, option(args, "--group"))) {
                System.out.println(
                        loader.load(group, System.currentTimeMillis()).summary());
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
