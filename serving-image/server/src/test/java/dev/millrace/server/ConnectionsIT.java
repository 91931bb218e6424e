package dev.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contract.config.ServingConfig;
import dev.millrace.contract.config.ServingConfig.Server;
import dev.millrace.contract.config.ServingConfig.Tls;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Connections that end at their age, at the server's end and by no one's fault; and certificates that are replaced. */
class ConnectionsIT {

    @TempDir
    Path dir;

    private final Vertx vertx = Vertx.vertx();

    @AfterEach
    void close() {
        vertx.close();
    }

    private static ServingConfig config(@Nullable Tls tls, long ageMs) {
        ServingConfig c = Specs.config(null, null, null, null);
        return Specs.with(
                c, c.slo(), new Server(0, 0, 0, "127.0.0.1", 1, 4, 0, 64, 64, List.of("CPU"), 6_000, tls, ageMs));
    }

    /** One caller, one request after another, and the connections and certificates that it sees. */
    private final class Stream {
        private final HttpClient client;
        private final RequestOptions to;
        private final Buffer body;
        final AtomicInteger connections = new AtomicInteger();
        final AtomicInteger answered = new AtomicInteger();
        final AtomicInteger lastOnes = new AtomicInteger();
        final Set<String> names = ConcurrentHashMap.newKeySet();
        final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
        volatile boolean stop;

        Stream(Ports ports, boolean grpc, boolean tls) {
            HttpClientOptions options =
                    new HttpClientOptions().setSsl(tls).setTrustAll(tls).setVerifyHost(!tls);
            if (grpc) {
                options.setProtocolVersion(HttpVersion.HTTP_2)
                        .setHttp2ClearTextUpgrade(false)
                        .setUseAlpn(tls);
            }
            client = vertx.httpClientBuilder()
                    .with(options)
                    .withConnectHandler(this::connected)
                    .build();
            to = new RequestOptions()
                    .setHost("127.0.0.1")
                    .setMethod(HttpMethod.POST)
                    .setPort(grpc ? ports.grpc() : ports.rest())
                    .setURI(grpc ? "/grpc.health.v1.Health/Check" : "/v2/models/fraud/infer")
                    .putHeader("content-type", grpc ? "application/grpc+proto" : "application/json");
            body = grpc ? Buffer.buffer(new byte[5]) : Buffer.buffer(Traffic.BODY);
            next();
        }

        private void connected(HttpConnection connection) {
            connections.incrementAndGet();
            if (connection.isSsl()) {
                try {
                    names.add(((X509Certificate) connection.peerCertificates().get(0))
                            .getSubjectX500Principal()
                            .getName());
                } catch (javax.net.ssl.SSLPeerUnverifiedException e) {
                    failures.add(e.toString());
                }
            }
        }

        private void next() {
            client.request(to)
                    .compose(request -> request.send(body).compose(response -> {
                        if ("close".equalsIgnoreCase(String.valueOf(response.getHeader("connection")))) {
                            lastOnes.incrementAndGet();
                        }
                        return response.body()
                                .compose(b -> response.statusCode() == 200
                                        ? Future.succeededFuture()
                                        : Future.failedFuture(response.statusCode() + " " + b));
                    }))
                    .onComplete(done -> {
                        if (done.failed() && !stop) {
                            failures.add(String.valueOf(done.cause()));
                        }
                        answered.incrementAndGet();
                        if (stop) {
                            client.close();
                        } else {
                            // some callers pause, and the end of their connection comes meanwhile
                            vertx.setTimer(1 + answered.get() % 7, t -> {
                                if (!stop) {
                                    next();
                                }
                            });
                        }
                    });
        }
    }

    private static void await(java.util.concurrent.Callable<Boolean> condition) {
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(condition);
    }

    @Test
    void connectionsEndAtTheirAgeAndNoRequestIsLost() throws Exception {
        ModelServer server = ModelServer.start(config(null, 300));
        try (Caller c = new Caller(server.ports())) {
            c.awaitState("Ready");
            Stream rest = new Stream(server.ports(), false, false);
            Stream grpc = new Stream(server.ports(), true, false);
            await(() -> rest.connections.get() >= 5 && grpc.connections.get() >= 5);
            rest.stop = true;
            grpc.stop = true;
            System.out.printf(
                    "rest: %d answers on %d connections; grpc: %d on %d%n",
                    rest.answered.get(), rest.connections.get(), grpc.answered.get(), grpc.connections.get());
            assertThat(rest.lastOnes.get()).isGreaterThanOrEqualTo(4);
            assertThat(rest.answered.get()).as("not each on its own").isGreaterThan(2 * rest.connections.get());
            assertThat(rest.failures).isEmpty();
            assertThat(grpc.failures).isEmpty();
        } finally {
            server.stop();
        }
    }

    /** A caller of either protocol whose balancer sends it elsewhere when its connection is ended. */
    @Test
    void aServerThatStopsEndsConnectionsOfBothProtocolsBeforeItGoes() throws Exception {
        try (ServerProcess server = ServerProcess.start(dir, config(null, 0))) {
            Ports ports = server.awaitReady();
            Stream rest = new Stream(ports, false, false);
            Stream grpc = new Stream(ports, true, false);
            await(() -> rest.answered.get() > 50 && grpc.answered.get() > 50);
            server.process().destroy();
            // connected anew = told to go; from then on it would be another replica that answers
            await(() -> rest.lastOnes.get() > 0 && grpc.connections.get() > 1);
            rest.stop = true;
            grpc.stop = true;
            assertThat(rest.failures).isEmpty();
            assertThat(grpc.failures).isEmpty();
            assertThat(server.process().waitFor(60, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void aCertificateIsReplacedUnderTraffic() throws Exception {
        Path cert = dir.resolve("tls.crt");
        Path key = dir.resolve("tls.key");
        TestCertificate.make(dir, "first", cert, key);
        ModelServer server = ModelServer.start(config(new Tls(cert.toString(), key.toString()), 300));
        try (Caller c = new Caller(server.ports())) {
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> c.status().getString("state").equals("Ready"));
            Stream rest = new Stream(server.ports(), false, true);
            Stream grpc = new Stream(server.ports(), true, true);
            await(() -> rest.connections.get() >= 2 && grpc.connections.get() >= 2);
            assertThat(rest.names).containsExactly("CN=first");

            // half of it is there before the other: the server waits for a pair that fits
            TestCertificate.make(dir, "second", cert, dir.resolve("later.key"));
            int before = rest.connections.get();
            await(() -> rest.connections.get() >= before + 5);
            assertThat(rest.names).containsExactly("CN=first");
            Files.move(dir.resolve("later.key"), key, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            await(() -> rest.names.contains("CN=second") && grpc.names.contains("CN=second"));
            rest.stop = true;
            grpc.stop = true;
            assertThat(rest.failures).isEmpty();
            assertThat(grpc.failures).isEmpty();
        } finally {
            server.stop();
        }
    }
}
