package dev.millrace.cli.local;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Starts the devkit's load generator, which reads the options itself. */
@Command(
        name = "load",
        description =
                "Call a model server at a given rate and say how long callers wait; load --help lists the options.")
public final class Load implements Callable<Integer> {
    /** Measuring takes the second compiler, which other local processes do without; the live set is the calls' bytes. */
    private static final List<String> JVM = List.of("-Xms512m", "-Xmx512m", "-XX:+UseSerialGC");

    @Parameters(paramLabel = "OPTION", arity = "0..*", description = "see load --help")
    private List<String> arguments = new ArrayList<>();

    @Override
    public Integer call() throws InterruptedException {
        List<String> args = new ArrayList<>(List.of("load"));
        args.addAll(arguments);
        LocalProcess load = LocalProcess.start(
                new LocalProcess.Spec("load", Home.find().lib("devkit"), "dev.millrace.devkit.Main", JVM, args, true),
                // where a log would go; this one writes to the terminal
                Path.of(""));
        try {
            return load.await();
        } finally {
            load.askToStop();
            load.awaitStop();
        }
    }
}
