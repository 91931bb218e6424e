package dev.millrace.server;

import dev.millrace.contract.config.ServingConfig;
import dev.millrace.contract.store.StoreKeys;
import dev.millrace.server.connection.CallerConnections;
import dev.millrace.server.features.FeatureFetcher;
import dev.millrace.server.features.OnlineFeatures;
import dev.millrace.server.features.RowSource;
import dev.millrace.server.features.StoreReader;
import dev.millrace.server.features.VectorPlan;
import dev.millrace.server.predict.InferService;
import dev.millrace.server.predict.PredictService;
import dev.millrace.server.protocol.ConnectionAges;
import dev.millrace.server.protocol.GrpcApi;
import dev.millrace.server.protocol.RestApi;
import dev.millrace.server.protocol.Served;
import io.vertx.core.AbstractVerticle;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One event loop: its own HTTP and gRPC listeners on the shared ports, and its own connection to the store. */
final class LoopVerticle extends AbstractVerticle {
    private static final Logger LOG = LoggerFactory.getLogger(LoopVerticle.class);
    /** Between two looks at the certificate. */
    private static final long LOOK_MS = 1_000;

    private final Parts parts;
    private final int restPort;
    private final int grpcPort;
    private @Nullable StoreReader reader;
    private @Nullable PredictService predict;
    private @Nullable OnlineFeatures features;
    private @Nullable HttpServer rest;
    private @Nullable HttpServer grpc;

    /** A negative port = any free one, shared by all loops that name it; see {@link #restPort}. */
    LoopVerticle(Parts parts, int restPort, int grpcPort) {
        this.parts = parts;
        this.restPort = restPort;
        this.grpcPort = grpcPort;
    }

    @Override
    public void start(Promise<Void> started) {
        ServingConfig config = parts.config();
        Long age = config.server().maxConnectionAgeMs();
        ConnectionAges ages = new ConnectionAges(vertx, age == null ? 0 : age, parts.state()::isDraining);
        predict = createPredict();
        Served served =
                new Served(config, parts.state(), new InferService(vertx, context, config), predict, features, ages);
        HttpServerOptions options = new HttpServerOptions()
                .setTcpNoDelay(true)
                .setIdleTimeout(300)
                .setMaxInitialLineLength(8192)
                // no call is a web socket: else every message passes two more handlers
                .setPerFrameWebSocketCompressionSupported(false)
                .setPerMessageWebSocketCompressionSupported(false)
                .setHandle100ContinueAutomatically(true);
        CallerConnections.bound(options);
        ServingConfig.Tls tls = config.server().tls();
        TlsFiles files = tls == null ? null : new TlsFiles(tls);
        if (files != null) {
            try {
                options.setSsl(true).setUseAlpn(true).setKeyCertOptions(files.keys());
            } catch (NoSuchFileException e) {
                throw new StartException(
                        "server.tls: there is no file " + e.getMessage() + "; in a cluster, create the Secret that"
                                + " server.tls.secretRef names, of type kubernetes.io/tls, with tls.crt and tls.key",
                        e);
            } catch (IOException e) {
                throw new StartException("server.tls: cannot use " + e.getMessage(), e);
            }
        }
        HttpServer http = vertx.createHttpServer(new HttpServerOptions(options))
                .connectionHandler(opened(false, ages))
                .requestHandler(new RestApi(served))
                .invalidRequestHandler(RestApi::invalid);
        HttpServer http2 = vertx.createHttpServer(new HttpServerOptions(options))
                .connectionHandler(opened(true, ages))
                .requestHandler(GrpcApi.of(vertx, served));
        rest = http;
        grpc = http2;
        if (files != null) {
            vertx.setPeriodic(LOOK_MS, t -> follow(files, http, http2));
        }
        http.listen(restPort, config.server().host())
                .recover(e -> Future.failedFuture(taken("restPort", restPort, e)))
                .compose(v -> http2.listen(grpcPort, config.server().host())
                        .recover(e -> Future.failedFuture(taken("grpcPort", grpcPort, e))))
                .<Void>mapEmpty()
                .onComplete(started);
    }

    private Handler<HttpConnection> opened(boolean grpc, ConnectionAges ages) {
        CallerConnections callers = new CallerConnections(
                grpc,
                parts.state()::isDraining,
                cut -> parts.state().version().metrics().cut(cut.reason()));
        return connection -> {
            callers.opened(connection);
            ages.opened(connection);
        };
    }

    /** Connections that are open go on with what they began with. */
    private void follow(TlsFiles files, HttpServer http, HttpServer http2) {
        vertx.executeBlocking(files::changed)
                .compose(changed -> changed == null
                        ? Future.succeededFuture()
                        : http.updateSSLOptions(changed.copy())
                                .compose(v -> http2.updateSSLOptions(changed.copy()))
                                .onSuccess(v -> LOG.info("server.tls: new connections get the new certificate")))
                .onFailure(e -> LOG.error("server.tls: the certificate stays as it was: {}", e.getMessage()));
    }

    private static StartException taken(String field, int port, Throwable e) {
        return new StartException("server." + field + ": cannot listen on " + port + ": " + e.getMessage(), e);
    }

    /** Null = the spec has no features. */
    @Nullable
    PredictService predict() {
        return predict;
    }

    private @Nullable PredictService createPredict() {
        VectorPlan plan = parts.plan();
        ServingConfig.Features spec = parts.config().features();
        if (plan == null || spec == null) {
            return null;
        }
        StoreReader store = new StoreReader(
                vertx, spec.store(), parts.config().slo().budget().featuresMs(), parts.store());
        reader = store;
        if (plan.readsStore()) {
            store.start();
        }
        FeatureFetcher fetcher = new FeatureFetcher(
                store,
                plan,
                StoreKeys.ns(parts.config().namespace(), parts.config().name()),
                parts::freshness,
                parts.sql() == null ? RowSource.NONE : parts.sql(),
                System::currentTimeMillis);
        features = new OnlineFeatures(
                plan,
                fetcher,
                parts.config().name(),
                parts.config().slo().budget().featuresMs(),
                Math.max(1, parts.config().server().maxQueueSize()));
        return new PredictService(vertx, context, parts.config(), plan, fetcher);
    }

    int restPort() {
        HttpServer server = rest;
        return server == null ? 0 : server.actualPort();
    }

    int grpcPort() {
        HttpServer server = grpc;
        return server == null ? 0 : server.actualPort();
    }

    @Override
    public void stop(Promise<Void> stopped) {
        Future<Void> http = shutdown(rest);
        Future<Void> http2 = shutdown(grpc);
        Future.join(http, http2).<Void>mapEmpty().otherwiseEmpty().onComplete(done -> {
            if (reader != null) {
                reader.close();
            }
            stopped.complete();
        });
    }

    /** Takes no new connection, ends idle ones, lets requests under way finish. */
    private static Future<Void> shutdown(@Nullable HttpServer server) {
        return server == null ? Future.succeededFuture() : server.shutdown(5, TimeUnit.SECONDS);
    }
}
