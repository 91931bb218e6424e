package dev.millrace.cli.local;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A training set from files, by the model's own plan: what its servers would have read at each label's time. */
@Command(
        name = "backfill",
        description =
                "Add to each label the features that a server would have read at its time, from files of events, as Parquet.",
        mixinStandardHelpOptions = true)
public final class Backfill implements Callable<Integer> {
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

    @Option(
            names = "--labels",
            required = true,
            paramLabel = "PATH",
            description =
                    "Parquet, CSV or JSON lines, a file or a directory: ids, a time, the fields of the request, labels.")
    @SuppressWarnings("NullAway.Init")
    private Path labels;

    @Option(
            names = "--label-time",
            paramLabel = "COLUMN",
            defaultValue = "event_time",
            description = "Column of a label's time; it sees the events before it. Default: ${DEFAULT-VALUE}")
    private String labelTime = "event_time";

    @Option(
            names = "--events",
            paramLabel = "GROUP=PATH",
            description = "The events of a group, or the rows of a batch group; once for each group of the vector.")
    private Map<String, Path> events = new LinkedHashMap<>();

    @Option(
            names = "--known-at",
            paramLabel = "GROUP=COLUMN",
            description = "Column that says when an event was there to be read. Default: its own time.")
    private Map<String, String> knownAt = new LinkedHashMap<>();

    @Option(names = "--out", required = true, paramLabel = "FILE", description = "Parquet file to write.")
    @SuppressWarnings("NullAway.Init")
    private Path out;

    @Option(
            names = "--workers",
            paramLabel = "N",
            defaultValue = "1",
            description = "Parts that are made at a time; the result does not depend on it. Default: ${DEFAULT-VALUE}")
    private int workers = 1;

    @Override
    public Integer call() throws InterruptedException, IOException {
        return OfflineTool.run(
                file,
                "dev.millrace.aggregator.backfill.Main",
                arguments(),
                spec.commandLine().getErr());
    }

    private List<String> arguments() {
        List<String> args = new ArrayList<>(List.of(
                "--labels",
                labels.toString(),
                "--label-time",
                labelTime,
                "--out",
                out.toString(),
                "--workers",
                Integer.toString(workers)));
        events.forEach((group, path) -> args.addAll(List.of("--events", group + "=" + path)));
        knownAt.forEach((group, column) -> args.addAll(List.of("--known-at", group + "=" + column)));
        return args;
    }
}
