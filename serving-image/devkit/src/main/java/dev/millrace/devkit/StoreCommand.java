package dev.millrace.devkit;

import dev.millrace.devkit.store.EmbeddedStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs a store until the process is told to stop. */
@Command(name = "store", mixinStandardHelpOptions = true, description = "Run a Redis until stopped.")
final class StoreCommand implements Callable<Integer> {
    @Option(names = "--port", defaultValue = "0", description = "0: any free one")
    int port;

    @Option(names = "--password-file", description = "file with the password; default: none")
    @Nullable
    Path passwordFile;

    @Override
    public Integer call() throws InterruptedException, IOException {
        String password = passwordFile == null
                ? null
                : Files.readString(passwordFile, StandardCharsets.UTF_8).strip();
        EmbeddedStore store = EmbeddedStore.start(port, password);
        Runtime.getRuntime().addShutdownHook(new Thread(store::close, "stop-store"));
        System.out.println("millrace-store ready address=" + store.address());
        new CountDownLatch(1).await();
        return 0;
    }
}
