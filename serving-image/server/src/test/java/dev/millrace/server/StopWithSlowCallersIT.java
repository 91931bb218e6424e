package dev.millrace.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contract.config.ServingConfig;
import dev.millrace.contract.config.ServingConfig.Server;
import dev.millrace.server.Caller.Reply;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SIGTERM to a real process whose callers are half way through something, beside one that gets its answers. */
class StopWithSlowCallersIT {
    private static final long DRAIN_MS = 30_000;

    @TempDir
    Path dir;

    private static ServingConfig config() {
        ServingConfig c = Specs.config(null, null, null, null);
        return Specs.with(
                c, c.slo(), new Server(0, 0, 0, "127.0.0.1", 1, 4, 0, 64, 64, List.of("CPU"), DRAIN_MS, null, null));
    }

    @Test
    void theyHoldNothingUp() throws Exception {
        List<AutoCloseable> slow = new ArrayList<>();
        try (ServerProcess server = ServerProcess.start(dir, config())) {
            Ports ports = server.awaitReady();
            String post = "POST /v2/models/fraud/infer HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n";
            for (String half : List.of("", "P", "GET /v2 HTTP/1.1\r\nHo", post, post + "{\"inputs\"")) {
                Socket socket = new Socket("127.0.0.1", ports.rest());
                socket.getOutputStream().write(half.getBytes(US_ASCII));
                slow.add(socket);
            }
            RawHttp2 grpc = new RawHttp2(ports.grpc());
            slow.add(grpc);
            grpc.post(1, "/inference.GRPCInferenceService/ModelInfer", "application/grpc")
                    .frame(RawHttp2.DATA, 0, 1, new byte[3])
                    .post(3, "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo", "application/grpc")
                    .post(5, "/grpc.health.v1.Health/Watch", "application/grpc")
                    .message(5, new byte[0], true)
                    .flush();
            AtomicInteger answered = new AtomicInteger();
            AtomicReference<String> failure = new AtomicReference<>();
            try (Caller c = new Caller(ports)) {
                Thread load = new Thread(() -> {
                    try {
                        while (true) {
                            Reply reply = c.post("/v2/models/fraud/infer", Traffic.BODY);
                            if (reply.status() != 200) {
                                failure.set(reply.status() + " " + reply.body());
                                return;
                            }
                            answered.incrementAndGet();
                            if (reply.response()
                                    .headers()
                                    .firstValue("connection")
                                    .isPresent()) {
                                // told to go elsewhere
                                return;
                            }
                        }
                    } catch (Exception e) {
                        failure.set(e.toString());
                    }
                });
                load.start();
                Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> answered.get() > 20);
                long begin = System.nanoTime();
                server.process().destroy();
                load.join(30_000);
                assertThat(server.process().waitFor(60, TimeUnit.SECONDS)).isTrue();
                double seconds = (System.nanoTime() - begin) / 1e9;
                System.out.printf("stopped after %.1f s; %d answered%n", seconds, answered.get());
                assertThat(failure.get()).isNull();
                assertThat(server.errors()).doesNotContain("cut off");
                // two seconds are for callers that have not heard of it; who is slow would be waited for until the
                // drain ends
                assertThat(seconds).isLessThan(DRAIN_MS / 2e3);
            }
        } finally {
            for (AutoCloseable c : slow) {
                c.close();
            }
        }
    }
}
