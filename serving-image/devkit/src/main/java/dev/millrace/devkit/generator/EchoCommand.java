package dev.millrace.devkit.generator;

import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs an echo server until the process is told to stop. */
@Command(
        name = "echo",
        mixinStandardHelpOptions = true,
        description = "Answer every call with the same bytes: what remains is the generator's own time.")
public final class EchoCommand implements Callable<Integer> {
    @Option(names = "--port", defaultValue = "0", description = "0: any free one")
    int port;

    @Option(names = "--grpc", negatable = true, description = "speak gRPC instead of HTTP/1.1")
    boolean grpc;

    @Option(names = "--bytes", defaultValue = "150", description = "of each answer (default ${DEFAULT-VALUE})")
    int bytes;

    @Override
    public Integer call() throws InterruptedException {
        EchoServer server = new EchoServer(port, grpc, bytes);
        Runtime.getRuntime().addShutdownHook(new Thread(server::close, "stop-echo"));
        System.out.println("millrace-echo ready port=" + server.port());
        new CountDownLatch(1).await();
        return 0;
    }
}
