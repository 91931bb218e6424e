package dev.millrace.server.connection;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.server.RawHttp2;
import io.netty.util.concurrent.EventExecutor;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.internal.VertxInternal;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Callers over raw sockets that send half of something, or take nothing, beside others that do what they should. */
@Tag("chaos")
class SlowCallersIT {
    /** More than the kernel keeps for a socket that nobody reads. */
    private static final int BIG = 48 << 20;

    private static final String POST = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n";
    private static final String GET = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

    private final Vertx vertx = Vertx.vertx();
    private final List<Cut> cuts = new CopyOnWriteArrayList<>();
    private final AtomicBoolean draining = new AtomicBoolean();
    /** What is asked of it is answered when this is complete. */
    private final Promise<Void> held = Promise.promise();

    private int port;

    @AfterEach
    void close() {
        vertx.close();
    }

    @BeforeEach
    void start() throws Exception {
        start(new Bounds(1_000, 300, 4_000, 20), false);
    }

    private void start(Bounds bounds, boolean grpc) throws Exception {
        CallerConnections callers = new CallerConnections(bounds, grpc, draining::get, cuts::add);
        HttpServerOptions options = new HttpServerOptions();
        CallerConnections.bound(options);
        HttpServer server = vertx.createHttpServer(options)
                .connectionHandler(callers::opened)
                .requestHandler(request -> request.body().onSuccess(body -> {
                    switch (request.path()) {
                        case "/big" -> request.response().end(Buffer.buffer(new byte[BIG]));
                        case "/held" ->
                            held.future().onSuccess(v -> request.response().end("ok"));
                        default -> request.response().end("ok");
                    }
                }));
        port = server.listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .get(30, TimeUnit.SECONDS)
                .actualPort();
        // the server's own: from then on connections are watched from their first byte on
        try (Socket first = send(GET)) {
            assertThat(answer(first, 2)).startsWith("HTTP/1.1 200").endsWith("ok");
        }
        // the loop that accepts has begun to watch when it has done what it was told before
        for (EventExecutor loop : ((VertxInternal) vertx).acceptorEventLoopGroup()) {
            loop.submit(() -> {}).await(60, TimeUnit.SECONDS);
        }
    }

    private Socket send(String text) throws IOException {
        Socket socket = new Socket("127.0.0.1", port);
        socket.setSoTimeout(60_000);
        socket.getOutputStream().write(text.getBytes(US_ASCII));
        return socket;
    }

    /** Head and so many bytes of body. */
    private static String answer(Socket socket, int body) throws IOException {
        StringBuilder text = new StringBuilder();
        int end = -1;
        while (end < 0 || text.length() < end + 4 + body) {
            int b = socket.getInputStream().read();
            if (b < 0) {
                break;
            }
            text.append((char) b);
            end = text.indexOf("\r\n\r\n");
        }
        return text.toString();
    }

    private static String rest(Socket socket) throws IOException {
        StringBuilder text = new StringBuilder();
        try {
            for (int b = socket.getInputStream().read();
                    b >= 0;
                    b = socket.getInputStream().read()) {
                text.append((char) b);
            }
        } catch (SocketException e) {
            // who still sends is told so by a reset: also an end
            return text.toString();
        }
        return text.toString();
    }

    /** One byte after another, for as long as they are taken. */
    private void trickle(Socket socket, long everyMs) throws IOException {
        OutputStream out = socket.getOutputStream();
        vertx.setPeriodic(everyMs, t -> vertx.executeBlocking(() -> {
                    out.write('a');
                    return null;
                })
                .onFailure(e -> vertx.cancelTimer(t)));
    }

    private void assertTooSlow(Socket socket) throws IOException {
        assertThat(rest(socket))
                .startsWith("HTTP/1.1 408")
                .endsWith("{\"error\":\"the request did not arrive in time\"}");
        assertThat(cuts).containsExactly(Cut.REQUEST);
    }

    @ParameterizedTest
    @ValueSource(strings = {"G", "PR", "PRI * HTTP/2.0\r\n\r", "GET / HTTP/1.1\r\nHost: x\r\n", POST, POST + "half"})
    void halfOfARequestIsNotWaitedForAndAnIdleConnectionMayStay(String half) throws Exception {
        try (Socket idle = send(GET);
                Socket slow = send(half)) {
            assertThat(answer(idle, 2)).startsWith("HTTP/1.1 200");
            assertTooSlow(slow);
            // it has been idle for longer
            idle.getOutputStream().write(GET.getBytes(US_ASCII));
            assertThat(answer(idle, 2)).startsWith("HTTP/1.1 200");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET / HTTP/1.1\r\nX: ", POST})
    void aRequestThatTricklesIsNotWaitedForEither(String begin) throws Exception {
        try (Socket slow = send(begin)) {
            trickle(slow, begin.equals(POST) ? 100 : 30);
            assertTooSlow(slow);
        }
    }

    /** In one packet. */
    @Test
    void whoWaitsForAnAnswerIsNotSlowWhateverItHasSentBehind() throws Exception {
        try (Socket waits = send(GET.replace("/ ", "/held ") + "GET / HT")) {
            try (Socket slow = send(POST)) {
                assertThat(rest(slow)).startsWith("HTTP/1.1 408");
            }
            assertThat(cuts).as("the other one's").containsExactly(Cut.REQUEST);
            held.complete();
            assertThat(answer(waits, 2)).startsWith("HTTP/1.1 200").endsWith("ok");
            assertThat(rest(waits)).as("now it waits for nothing").startsWith("HTTP/1.1 408");
        }
    }

    @Test
    void whoIsSlowButGetsThereIsAnswered() throws Exception {
        SlowCallersIT other = new SlowCallersIT();
        try {
            other.start(new Bounds(1_500, 300, 60_000, 20), false);
            try (Socket slow = other.send(POST.replace("100", "20"))) {
                other.trickle(slow, 100);
                assertThat(answer(slow, 2)).startsWith("HTTP/1.1 200").endsWith("ok");
                assertThat(other.cuts).isEmpty();
            }
        } finally {
            other.close();
        }
    }

    @Test
    void aServerThatStopsWaitsForLess() throws Exception {
        SlowCallersIT other = new SlowCallersIT();
        try {
            other.start(new Bounds(600_000, 300, 600_000, 20), false);
            other.draining.set(true);
            try (Socket slow = other.send(POST + "half")) {
                other.assertTooSlow(slow);
            }
        } finally {
            other.close();
        }
    }

    @Test
    void anAnswerThatIsNotTakenIsNotKept() throws Exception {
        try (Socket unread = send(GET.replace("/ ", "/big "));
                Socket other = send(GET.replace("/ ", "/big "))) {
            assertThat(received(other, BIG)).isGreaterThanOrEqualTo(BIG);
            Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> cuts.equals(List.of(Cut.ANSWER)));
            assertThat(received(unread, BIG)).isLessThan(BIG);
        }
    }

    private static long received(Socket socket, long enough) {
        long n = 0;
        byte[] buffer = new byte[1 << 16];
        try {
            for (int read = 0;
                    read >= 0 && n < enough;
                    read = socket.getInputStream().read(buffer)) {
                n += read;
            }
        } catch (IOException e) {
            // reset: also an end
            return n;
        }
        return n;
    }

    @Test
    void oneSlowCallOfAnHttp2ConnectionEndsAlone() throws Exception {
        try (RawHttp2 client = new RawHttp2(port)) {
            client.post(1, "/", "application/json")
                    .frame(RawHttp2.DATA, 0, 1, new byte[10])
                    .flush();
            RawHttp2.Frame head = client.next();
            assertThat(head.type()).isEqualTo(RawHttp2.HEADERS);
            RawHttp2.Frame body = client.end(1);
            assertThat(body.mentions("did not arrive in time")).isTrue();
            assertThat(cuts).containsExactly(Cut.REQUEST);
            client.post(3, "/", "application/json")
                    .frame(RawHttp2.DATA, RawHttp2.END_STREAM, 3, new byte[10])
                    .flush();
            assertThat(client.end(3).type()).isEqualTo(RawHttp2.DATA);
        }
    }

    @Test
    void overGrpcItIsAStatus() throws Exception {
        SlowCallersIT other = new SlowCallersIT();
        try {
            other.start(new Bounds(1_000, 300, 4_000, 20), true);
            try (RawHttp2 client = new RawHttp2(other.port)) {
                client.post(1, "/", "application/grpc")
                        .frame(RawHttp2.DATA, 0, 1, new byte[3])
                        .flush();
                RawHttp2.Frame end = client.end(1);
                assertThat(end.type()).isEqualTo(RawHttp2.HEADERS);
                assertThat(other.cuts).containsExactly(Cut.REQUEST);
            }
        } finally {
            other.close();
        }
    }

    @Test
    void anHttp2AnswerThatIsNotTakenEndsAlone() throws Exception {
        try (RawHttp2 client = new RawHttp2(port)) {
            // the window of a call takes the first 65 535 bytes; it is never opened further
            client.post(1, "/big", "application/json")
                    .frame(RawHttp2.DATA, RawHttp2.END_STREAM, 1, new byte[1])
                    .flush();
            assertThat(client.end(1).type()).isEqualTo(RawHttp2.RST_STREAM);
            assertThat(cuts).containsExactly(Cut.ANSWER);
            client.post(3, "/", "application/json")
                    .frame(RawHttp2.DATA, RawHttp2.END_STREAM, 3, new byte[1])
                    .flush();
            assertThat(client.end(3).type()).isEqualTo(RawHttp2.DATA);
        }
    }
}
