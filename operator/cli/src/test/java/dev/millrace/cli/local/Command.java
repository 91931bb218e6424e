package dev.millrace.cli.local;

import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The {@code millrace} command as a person starts it: a process of its own, on any free ports. */
final class Command {
    private Command() {}

    /** {@code args}: the subcommand, then its options. */
    static Process start(String... args) throws IOException {
        return start(List.of(), args);
    }

    /**
     * In a process group of its own, as a terminal has it. Under a build that runs in the background the signal of Ctrl-C
     * would be ignored, so that is undone.
     */
    static Process startAsGroup(String... args) throws IOException {
        return start(List.of("env", "--default-signal=INT", "setsid"), args);
    }

    private static Process start(List<String> before, String... args) throws IOException {
        List<String> command = new ArrayList<>(before);
        command.addAll(List.of(
                Home.java().toString(),
                "-Dmillrace.home=" + Home.find().dir(),
                "-cp",
                Home.find().dir().resolve("operator/cli/target/lib") + File.separator + "*",
                "dev.millrace.cli.Main"));
        command.addAll(List.of(args));
        command.addAll(List.of("--rest-port", "0", "--grpc-port", "0", "--metrics-port", "0"));
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }
}
