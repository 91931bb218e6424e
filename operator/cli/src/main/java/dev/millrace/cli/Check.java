package dev.millrace.cli;

import dev.millrace.cli.input.ModelFile;
import dev.millrace.plan.Finding;
import dev.millrace.plan.check.SpecCheck;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Prints findings, one a line. */
@Command(
        name = "check",
        description = "Say what is wrong with a RealtimeModel; each line names a field and the cure.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:no errors (there may be warnings)", "1:errors", "2:the command was not understood"})
final class Check implements Callable<Integer> {
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
            names = {"-n", "--namespace"},
            paramLabel = "NAMESPACE",
            description = "Namespace of a model that names none.")
    private @Nullable String namespace;

    @Override
    public Integer call() {
        ModelFile model = ModelFile.read(file, namespace);
        PrintWriter out = spec.commandLine().getOut();
        model.findings().forEach(out::println);
        long errors = model.findings().stream()
                .filter(f -> f.severity() == Finding.Severity.error)
                .count();
        out.println(file + ": " + count(errors, "error") + ", "
                + count(model.findings().size() - errors, "warning"));
        out.flush();
        return SpecCheck.isPlannable(model.findings()) ? 0 : 1;
    }

    private static String count(long n, String what) {
        return (n == 0 ? "no" : String.valueOf(n)) + " " + what + (n == 1 ? "" : "s");
    }
}
