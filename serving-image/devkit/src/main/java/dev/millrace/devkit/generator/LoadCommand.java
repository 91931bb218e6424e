package dev.millrace.devkit.generator;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code millrace load}. */
@Command(
        name = "load",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Call a model server at a given rate and say how long callers wait.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:measured", "1:nothing was answered, or no rate met --slo", "2:the command was not understood"
        })
public final class LoadCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Mixin
    private LoadOptions options = new LoadOptions();

    @Override
    public Integer call() throws InterruptedException, IOException {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        Bodies bodies =
                new Bodies(new Bodies.Shape(options.model, options.input, options.rows, options.width), options.seed);
        Target target;
        List<byte[]> messages;
        try {
            target = target();
            messages = messages(bodies);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
        List<ByteBuf> encoded =
                target.grpc() ? Payloads.grpc(messages) : Payloads.http(target, headers(bodies), messages);
        Figures floor = options.floor ? floor(target, encoded, out) : null;
        ServerUsage usage = options.pids.isEmpty() ? null : new ServerUsage(options.pids);
        LoadReport report;
        try (Measurement server = new Measurement(options, target, encoded, usage)) {
            server.warmUp();
            out.println("measuring");
            report = options.search ? search(server, floor, out) : report(server.run(), floor, null);
        }
        Figures figures = report.figures();
        if (figures != null) {
            figures.lines().forEach(out::println);
        }
        if (options.report != null) {
            report.write(options.report);
        }
        return figures == null || figures.answered() == 0 ? 1 : 0;
    }

    private Target target() {
        String contentType = options.protocol == Protocol.REST_BINARY ? "application/octet-stream" : "application/json";
        String path = options.path == null ? options.protocol.path(options.model) : options.path;
        return Target.of(options.url, path, options.protocol.isGrpc(), contentType);
    }

    private String headers(Bodies bodies) {
        return options.protocol == Protocol.REST_BINARY
                ? "inference-header-content-length: " + bodies.binaryHeaderLength() + "\r\n"
                : "";
    }

    private List<byte[]> messages(Bodies bodies) throws IOException {
        if (options.bodies != null) {
            List<String> lines = Files.readAllLines(options.bodies, StandardCharsets.UTF_8);
            return lines.stream()
                    .map(line -> options.protocol == Protocol.PREDICT_GRPC
                            ? bodies.predict(line)
                            : line.getBytes(StandardCharsets.UTF_8))
                    .toList();
        }
        IntFunction<byte[]> make = bodies.of(options.protocol, options.body);
        return IntStream.range(0, options.inputs).mapToObj(make).toList();
    }

    /** To an echo server of its own process, with the same arrivals. */
    private Figures floor(Target target, List<ByteBuf> encoded, PrintStream out) throws InterruptedException {
        try (EchoProcess echo = EchoProcess.start(target.grpc());
                Measurement measurement = new Measurement(
                        options, target.at(echo.address()), encoded, new ServerUsage(List.of(echo.pid())))) {
            measurement.warmUp();
            Figures floor = measurement.run();
            out.println("floor, an echo server instead of " + options.url + ":");
            floor.lines().forEach(out::println);
            return floor;
        }
    }

    private LoadReport search(Measurement server, @Nullable Figures floor, PrintStream out)
            throws InterruptedException {
        RateSearch.Found found = server.search();
        found.steps().forEach(step -> out.printf("  %.0f/s %s%n", step.perSecond(), step.met() ? "met" : "missed"));
        out.println(
                found.perSecond() == null
                        ? "no rate meets the objective"
                        : String.format("highest rate that meets the objective: %.0f/s", found.perSecond()));
        return report(found.best(), floor, found);
    }

    private LoadReport report(@Nullable Figures figures, @Nullable Figures floor, RateSearch.@Nullable Found found) {
        return new LoadReport(String.valueOf(options.url), options.protocol.toString(), figures, floor, found);
    }
}
