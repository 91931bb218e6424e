package dev.millrace.server.loader;

import dev.millrace.server.loader.ModelLoader.LoaderException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * {@code --source <dir or file> | --uri https://… [--digest sha256:…] --target /models/model.onnx}. Exit 1: one line on
 * stderr and in the termination log, where Kubernetes shows it; exit 2: wrong arguments. {@code --watch model.json}: keeps
 * the file in place that the document names, until it is told to stop.
 */
public final class Main {
    private static final String USAGE =
            "usage: (--source <file or directory> | --uri https://…) [--digest sha256:…] --target <file>, or --watch"
                    + " <model.json>";

    /** Between two looks at the document; a look that finds it unchanged costs a stat and a read of a few bytes. */
    private static final long LOOK_MS = 500;

    private Main() {}

    public static void main(String[] args) {
        if (args.length == 2 && args[0].equals("--watch")) {
            watch(Path.of(args[1]));
        } else {
            System.exit(run(args, Path.of("/dev/termination-log")));
        }
    }

    /** Until the process is told to stop; it has nothing to finish then. */
    private static void watch(Path document) {
        ModelWatch watch =
                new ModelWatch(document, System::nanoTime, line -> System.err.println("model loader: " + line));
        CountDownLatch stopping = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(stopping::countDown, "stop"));
        try {
            do {
                watch.look();
            } while (!stopping.await(LOOK_MS, TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
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
