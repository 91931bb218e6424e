package dev.millrace.cli;

import dev.millrace.cli.input.InputException;
import dev.millrace.cli.local.Backfill;
import dev.millrace.cli.local.Demo;
import dev.millrace.cli.local.Forward;
import dev.millrace.cli.local.Load;
import dev.millrace.cli.local.Local;
import dev.millrace.cli.local.Replay;
import java.io.PrintWriter;
import java.util.Objects;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Entry point. Exit codes: 0 fine, 1 something is wrong with the input, 2 the command was not understood. */
@Command(
        name = "millrace",
        description = "One RealtimeModel becomes a whole real-time prediction stack.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        subcommands = {
            Check.class,
            Render.class,
            Local.class,
            Demo.class,
            Load.class,
            Backfill.class,
            Replay.class,
            Forward.class
        })
public final class Main implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    public static CommandLine commandLine() {
        CommandLine line = new CommandLine(new Main());
        // load's options are the generator's
        Objects.requireNonNull(line.getSubcommands().get("load"), "subcommand load")
                .setUnmatchedOptionsArePositionalParams(true);
        return line.setExecutionExceptionHandler((e, command, parsed) -> {
            if (e instanceof InputException) {
                PrintWriter err = command.getErr();
                err.println("error: " + e.getMessage());
                err.flush();
                return CommandLine.ExitCode.SOFTWARE;
            }
            throw e;
        });
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "which command? See millrace --help");
    }
}
