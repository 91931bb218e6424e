package dev.millrace.server.loader;

import dev.millrace.server.loader.ModelLoader.LoaderException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code --source <dir or file> | --uri https://… [--digest sha256:…] --target /models/model.onnx}. Exit 1: one line on
 * stderr and in the termination log, where Kubernetes shows it; exit 2: wrong arguments.
 */
public final class Main {
    private static final String USAGE =
            "usage: (--source <file or directory> | --uri https://…) [--digest sha256:…] --target <file>";

    private Main() {}

    public static void main(String[] args) {
        System.exit(run(args, Path.of("/dev/termination-log")));
    }

    static int run(String[] args, Path terminationLog) {
        Map<String, String> options = new HashMap<>();
        for (int i = 0; i + 1 < args.length; i += 2) {
            options.put(args[i], args[i + 1]);
        }
        String source = options.remove("--source");
        String uri = options.remove("--uri");
        @Nullable String digest = options.remove("--digest");
        String target = options.remove("--target");
        if (args.length % 2 != 0 || !options.isEmpty() || target == null || (source == null) == (uri == null)) {
            System.err.println(USAGE);
            return 2;
        }
        try {
            if (source != null) {
                ModelLoader.fromPath(Path.of(source), digest, Path.of(target));
            } else {
                ModelLoader.fromUri(URI.create(String.valueOf(uri)), digest, Path.of(target));
            }
            return 0;
        } catch (LoaderException | IllegalArgumentException e) {
            String line = "model loader: " + e.getMessage();
            System.err.println(line);
            if (Files.exists(terminationLog)) {
                try {
                    Files.writeString(terminationLog, line + "\n");
                } catch (IOException ignored) {
                    // stderr has it
                }
            }
            return 1;
        }
    }
}
