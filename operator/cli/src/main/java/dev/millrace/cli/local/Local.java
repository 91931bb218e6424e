package dev.millrace.cli.local;

import dev.millrace.cli.input.InputException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs the stack of any spec until it is stopped. */
@Command(
        name = "local",
        description = "Run a RealtimeModel's stack as processes on this machine until Ctrl-C.",
        mixinStandardHelpOptions = true)
public final class Local implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Option(
            names = {"-f", "--file"},
            required = true,
            paramLabel = "FILE",
            description = "YAML file with one RealtimeModel; its files lie beside it.")
    @SuppressWarnings("NullAway.Init")
    private Path file;

    @Mixin
    private LocalOptions options = new LocalOptions();

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        try (Session session = Session.open(file, options, out)) {
            Runtime.getRuntime().addShutdownHook(new Thread(session::stop, "stop-stack"));
            try {
                session.stack().awaitReady();
                Welcome.lines(session.stack()).forEach(out::println);
                out.println("Ctrl-C stops everything");
                out.flush();
                String ended = session.stack().awaitEnd();
                if (session.stack().isClosing()) {
                    return LocalProcess.INTERRUPTED;
                }
                throw new InputException(ended);
            } catch (RuntimeException e) {
                session.keepLogsUnlessClosing();
                throw e;
            }
        }
    }
}
