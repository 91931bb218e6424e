package dev.millrace.cli.local;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A training set from the prediction log. */
@Command(
        name = "replay",
        description =
                "Make a training set of the prediction log: vectors that were served, joined with labels, as Parquet.",
        mixinStandardHelpOptions = true)
public final class Replay implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Option(
            names = {"-f", "--file"},
            required = true,
            paramLabel = "FILE",
            description = "YAML file with one RealtimeModel.")
    @SuppressWarnings("NullAway.Init")
    private Path file;

    @Option(names = "--out", required = true, paramLabel = "FILE", description = "Parquet file to write.")
    @SuppressWarnings("NullAway.Init")
    private Path out;

    @Option(
            names = "--labels",
            paramLabel = "PATH",
            description = "Parquet, CSV or JSON lines with a column prediction_id. Default: every prediction is a row.")
    private @Nullable Path labels;

    @Option(
            names = "--kafka",
            paramLabel = "HOST:PORT",
            description = "Broker with the log, plain text. Default: spec.kafka")
    private @Nullable String kafka;

    @Option(names = "--topic", paramLabel = "NAME", description = "Topic of the log. Default: spec.logger.topic")
    private @Nullable String topic;

    @Option(names = "--log", paramLabel = "FILE", description = "JSON lines in place of a topic.")
    private @Nullable Path log;

    @Option(names = "--since", paramLabel = "TIME", description = "First time, like 2026-11-28T00:00:00Z.")
    private @Nullable String since;

    @Option(names = "--until", paramLabel = "TIME", description = "Time before which it ends.")
    private @Nullable String until;

    @Override
    public Integer call() throws Exception {
        List<String> args = new ArrayList<>(List.of("--out", out.toString()));
        add(args, "--labels", labels);
        add(args, "--kafka", kafka);
        add(args, "--topic", topic);
        add(args, "--log", log);
        add(args, "--since", since);
        add(args, "--until", until);
        return OfflineTool.run(
                file,
                "dev.millrace.aggregator.replay.Main",
                args,
                spec.commandLine().getErr());
    }

    private static void add(List<String> args, String option, @Nullable Object value) {
        if (value != null) {
            args.addAll(List.of(option, value.toString()));
        }
    }
}
