package dev.millrace.devkit.generator;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What {@code load} can be told. */
final class LoadOptions {
    /** When calls are due. */
    enum ArrivalKind {
        poisson,
        constant,
        bursty
    }

    @Option(
            names = "--url",
            paramLabel = "URL",
            defaultValue = "http://127.0.0.1:8080",
            description = "http://host:port")
    URI url = URI.create("");

    @Option(
            names = "--protocol",
            defaultValue = "rest-json",
            converter = Protocol.ByName.class,
            description =
                    "rest-json, rest-binary, grpc-raw, grpc-typed (Open Inference Protocol), predict, predict-grpc"
                            + " (default ${DEFAULT-VALUE})")
    Protocol protocol = Protocol.REST_JSON;

    @Option(names = "--model", paramLabel = "NAME", defaultValue = "fraud", description = "default ${DEFAULT-VALUE}")
    String model = "";

    @Option(
            names = "--input",
            paramLabel = "NAME",
            defaultValue = "input",
            description = "the model's FP32 input (default ${DEFAULT-VALUE})")
    String input = "";

    @Option(names = "--width", defaultValue = "64", description = "numbers of a row (default ${DEFAULT-VALUE})")
    int width;

    @Option(names = "--rows", defaultValue = "1", description = "of each call (default ${DEFAULT-VALUE})")
    int rows;

    @Option(
            names = "--inputs",
            defaultValue = "256",
            description = "different calls, in turn (default ${DEFAULT-VALUE})")
    int inputs;

    @Option(
            names = "--repeat",
            defaultValue = "0",
            description = "share of calls that say again what one of the last thousand said; wants many --inputs")
    double repeat;

    @Option(
            names = "--body",
            paramLabel = "JSON",
            description =
                    "of REST calls and predict; {i} becomes the call's number, {number} a number, {row} its numbers")
    @Nullable
    String body;

    @Option(names = "--bodies", paramLabel = "FILE", description = "one JSON body a line, in turn, instead of --body")
    @Nullable
    Path bodies;

    @Option(names = "--path", description = "of REST calls, where a server has one of its own")
    @Nullable
    String path;

    @Option(
            names = "--arrivals",
            defaultValue = "poisson",
            description = "${COMPLETION-CANDIDATES} (default ${DEFAULT-VALUE})")
    ArrivalKind arrivals = ArrivalKind.poisson;

    @Option(names = "--rate", defaultValue = "200", description = "calls a second (default ${DEFAULT-VALUE})")
    double rate;

    @Option(
            names = "--burst",
            paramLabel = "FACTOR",
            defaultValue = "2",
            description = "bursty: FACTOR times the rate for 1/(FACTOR+1) of the time, 1/FACTOR of it for the rest")
    double burst;

    @Option(names = "--burst-period", paramLabel = "DURATION", defaultValue = "1s", converter = Durations.class)
    long burstPeriodNs;

    @Option(
            names = "--closed",
            paramLabel = "N",
            description =
                    "closed loop: N callers, each calls when it is answered; hides stalls, shows throughput and CPU")
    @Nullable
    Integer closed;

    @Option(names = "--for", paramLabel = "DURATION", defaultValue = "10s", converter = Durations.class)
    long forNs;

    @Option(names = "--warm-up", paramLabel = "DURATION", defaultValue = "3s", converter = Durations.class)
    long warmUpNs;

    @Option(names = "--slo", paramLabel = "DURATION", defaultValue = "10ms", converter = Durations.class)
    long sloNs;

    @Option(names = "--search", description = "find the highest rate whose p99 meets --slo, from --rate on")
    boolean search;

    @Option(names = "--floor", description = "first measure the same calls to an echo server")
    boolean floor;

    @Option(
            names = "--pid",
            description = "the server's process, for its CPU and memory, with all it started; may be repeated")
    List<Long> pids = new ArrayList<>();

    @Option(names = "--connections", defaultValue = "16", description = "from the start (default ${DEFAULT-VALUE})")
    int connections;

    @Option(
            names = "--max-connections",
            defaultValue = "4096",
            description = "what a stall may open; calls beyond wait, and a warning says so (default ${DEFAULT-VALUE})")
    int maxConnections;

    @Option(names = "--seed", defaultValue = "1")
    long seed;

    @Option(names = "--report", paramLabel = "FILE", description = "write the figures as JSON")
    @Nullable
    Path report;
}
