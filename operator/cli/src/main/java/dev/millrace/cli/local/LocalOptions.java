package dev.millrace.cli.local;

import dev.millrace.cli.input.InputException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options that {@code local} and {@code demo} share. */
public final class LocalOptions {
    static final String HOST = "127.0.0.1";

    @Option(
            names = "--rest-port",
            paramLabel = "PORT",
            defaultValue = "8080",
            description = "REST; 0: any free one (default ${DEFAULT-VALUE})")
    int restPort;

    @Option(
            names = "--grpc-port",
            paramLabel = "PORT",
            defaultValue = "8081",
            description = "gRPC; 0: any free one (default ${DEFAULT-VALUE})")
    int grpcPort;

    @Option(
            names = "--metrics-port",
            paramLabel = "PORT",
            defaultValue = "9090",
            description = "metrics and status; 0: any free one (default ${DEFAULT-VALUE})")
    int metricsPort;

    @Option(
            names = "--kafka",
            paramLabel = "HOST:PORT",
            description = "use this Kafka instead of starting one; its topics are there, or it lets them be created")
    @Nullable
    String kafka;

    @Option(
            names = "--work-dir",
            paramLabel = "DIR",
            description = "where configuration and logs go; default: a scratch directory, deleted at the end")
    @Nullable
    Path workDir;

    /** Ports of the server, all chosen and free a moment ago. */
    public record Ports(int rest, int grpc, int metrics) {}

    /**
     * @throws InputException naming the option whose port is taken
     */
    Ports ports() {
        return new Ports(
                choose("--rest-port", restPort),
                choose("--grpc-port", grpcPort),
                choose("--metrics-port", metricsPort));
    }

    private static int choose(String option, int port) {
        if (port == 0) {
            return free();
        }
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(HOST, port), 1);
            return port;
        } catch (IOException | IllegalArgumentException e) {
            throw new InputException(
                    "port " + port + " cannot be used (" + e.getMessage() + "); choose another one with " + option
                            + ", 0 = any free one",
                    e);
        }
    }

    static int free() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new InputException("no port is free on " + HOST, e);
        }
    }
}
