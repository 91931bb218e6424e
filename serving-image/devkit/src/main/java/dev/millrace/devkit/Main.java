package dev.millrace.devkit;

import dev.millrace.devkit.demo.DemoCommand;
import dev.millrace.devkit.generator.EchoCommand;
import dev.millrace.devkit.generator.LoadCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code millrace-devkit}: processes and generators for laptops, tests and the bench. */
@Command(
        name = "millrace-devkit",
        mixinStandardHelpOptions = true,
        description = "Embedded broker and store, event generators, open-loop load.",
        subcommands = {
            BrokerCommand.class,
            StoreCommand.class,
            TrainingSetCommand.class,
            PageSetCommand.class,
            SensorSetCommand.class,
            DemoCommand.class,
            LoadCommand.class,
            EchoCommand.class
        })
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        if (System.getProperty("org.slf4j.simpleLogger.defaultLogLevel") == null) {
            // The broker tells its life story at info.
            System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "warn");
        }
        System.exit(commandLine().execute(args));
    }

    public static CommandLine commandLine() {
        return new CommandLine(new Main()).setExecutionExceptionHandler((e, line, parsed) -> {
            String cause = e.getCause() == null ? "" : " (" + e.getCause().getMessage() + ")";
            line.getErr().println("millrace-devkit: " + e.getMessage() + cause);
            return 1;
        });
    }
}
