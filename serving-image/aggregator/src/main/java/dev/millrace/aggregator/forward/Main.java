package dev.millrace.aggregator.forward;

import dev.millrace.contract.config.ConfigException;
import dev.millrace.contract.config.ForwardConfig;
import dev.millrace.contract.config.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** {@code --config forward.json}. Runs until it is stopped; exit code 2: the document or the command line cannot be used. */
public final class Main {
    private Main() {}

    public static void main(String[] args) throws InterruptedException {
        if (args.length != 2 || !args[0].equals("--config")) {
            System.err.println("usage: millrace-forward --config <forward.json>");
            System.exit(2);
        }
        try {
            Forwarder forwarder = new Forwarder(Json.read(Files.readString(Path.of(args[1])), ForwardConfig.class));
            Thread self = Thread.currentThread();
            Runtime.getRuntime()
                    .addShutdownHook(new Thread(
                            () -> {
                                forwarder.stop();
                                try {
                                    self.join(5_000);
                                } catch (InterruptedException e) {
                                    Thread.currentThread().interrupt();
                                }
                            },
                            "stop"));
            forwarder.run();
        } catch (IOException | ConfigException e) {
            System.err.println("millrace-forward: " + e.getMessage());
            System.exit(2);
        }
    }
}
