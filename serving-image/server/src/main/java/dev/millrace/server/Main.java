package dev.millrace.server;

import dev.millrace.contract.config.ConfigException;
import dev.millrace.contract.config.Json;
import dev.millrace.contract.config.ServingConfig;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * {@code java … dev.millrace.server.Main --config serving.json}, or {@code --model-dir /mnt/models --name fraud} for a model
 * without a document. Exit 2: the document or the arguments cannot be used.
 */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        boolean bare = args.length > 0 && !args[0].equals("--config");
        if (args.length == 0 || (!bare && args.length != 2)) {
            die(System.err, "usage: millrace-server --config <serving.json>, or " + ModelDirectory.USAGE);
        }
        String source = bare ? "" : args[1] + ": ";
        ModelServer server;
        try {
            if (bare) {
                server = ModelServer.start(ModelDirectory.config(List.of(args)));
            } else {
                Path document = Path.of(args[1]);
                ServingConfig config = Json.read(Files.readString(document), ServingConfig.class);
                server = ModelServer.start(config, document);
            }
        } catch (IOException e) {
            die(System.err, "millrace-server: cannot read " + (bare ? "--model-dir: " : source) + e.getMessage());
            return;
        } catch (ConfigException | StartException e) {
            die(System.err, "millrace-server: " + source + e.getMessage());
            return;
        }
        Runtime.getRuntime().addShutdownHook(new Thread(server::stop, "stop"));
        server.onReady(ports -> System.out.println("millrace-server ready rest=" + ports.rest() + " grpc="
                + ports.grpc() + " metrics=" + ports.metrics()));
        System.out.println("millrace-server listening rest=" + server.ports().rest() + " grpc="
                + server.ports().grpc() + " metrics=" + server.ports().metrics());
    }

    private static void die(PrintStream err, String message) {
        err.println(message);
        System.exit(2);
    }
}
