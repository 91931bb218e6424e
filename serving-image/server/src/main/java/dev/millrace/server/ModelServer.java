package dev.millrace.server;

import dev.millrace.contract.config.ServingConfig;
import dev.millrace.server.features.FreshnessMonitor;
import dev.millrace.server.predict.PredictService;
import dev.millrace.server.prewarm.Prewarm;
import dev.millrace.server.status.ServerState.Phase;
import dev.millrace.server.stream.StreamInference;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A whole server: listens at once (so that probes and status answer), loads and warms the model beside, serves, drains.
 */
public final class ModelServer {
    private static final Logger LOG = LoggerFactory.getLogger(ModelServer.class);
    /** So long a stopping server still takes requests of callers that have not heard of it. */
    private static final long LAME_DUCK_MS = 2_000;

    private static final int MAX_LOOPS = 8;

    private final Vertx vertx;
    private final Parts parts;
    private final Ports ports;
    private final List<String> deployments;
    private final Starter starter;

    private ModelServer(Vertx vertx, Parts parts, Ports ports, List<String> deployments, Starter starter) {
        this.vertx = vertx;
        this.parts = parts;
        this.ports = ports;
        this.deployments = deployments;
        this.starter = starter;
    }

    /**
     * Listens and begins to load; returns before the model is ready.
     *
     * @throws StartException when a port cannot be had
     * @throws dev.millrace.contract.config.ConfigException when the document cannot be honoured
     */
    public static ModelServer start(ServingConfig config) {
        return start(config, null);
    }

    /**
     * The same; {@code document}: where {@code config} comes from, and is looked at again. A model that it names later is
     * served without a restart.
     */
    public static ModelServer start(ServingConfig config, @Nullable Path document) {
        int loops = Math.max(1, Math.min(MAX_LOOPS, Runtime.getRuntime().availableProcessors()));
        Vertx vertx = Vertx.vertx(new VertxOptions()
                .setEventLoopPoolSize(loops)
                .setPreferNativeTransport(true)
                // a loop that a starved container holds up is told in a line; its stack says nothing about that
                .setWarningExceptionTimeUnit(TimeUnit.MINUTES)
                .setWarningExceptionTime(10));
        try {
            Parts parts = PartsFactory.create(vertx, config);
            FreshnessMonitor monitor = parts.monitor();
            if (monitor != null) {
                vertx.runOnContext(v -> monitor.start());
            }
            if (parts.sql() != null) {
                parts.sql().start();
            }
            List<String> deployments = new ArrayList<>();
            List<PredictService> services = new ArrayList<>();
            int rest = 0;
            int grpc = 0;
            for (int i = 0; i < loops; i++) {
                // to Vert.x a negative port is any free one, the same for all who name it; 0 would be one for each loop
                LoopVerticle loop = new LoopVerticle(
                        parts,
                        shared(config.server().restPort(), -1),
                        shared(config.server().grpcPort(), -2));
                deployments.add(await(vertx.deployVerticle(loop)));
                rest = loop.restPort();
                grpc = loop.grpcPort();
                PredictService service = loop.predict();
                if (service != null) {
                    services.add(service);
                }
            }
            Prewarm prewarm = parts.prewarm();
            if (prewarm != null) {
                prewarm.use(services);
            }
            StreamInference stream = parts.stream();
            if (stream != null) {
                stream.start(services);
            }
            HttpServer metrics =
                    vertx.createHttpServer(new HttpServerOptions()).requestHandler(new MetricsEndpoint(parts));
            await(metrics.listen(config.server().metricsPort(), config.server().host())
                    .recover(e -> Future.failedFuture(new StartException(
                            "server.metricsPort: cannot listen on "
                                    + config.server().metricsPort() + ": " + e.getMessage(),
                            e))));
            Ports ports = new Ports(rest, grpc, metrics.actualPort());
            Starter starter = new Starter(vertx, parts, ports, new DocumentWatch(config, document));
            starter.start();
            return new ModelServer(vertx, parts, ports, deployments, starter);
        } catch (RuntimeException e) {
            vertx.close();
            throw e;
        }
    }

    private static int shared(int port, int any) {
        return port == 0 ? any : port;
    }

    private static <T> T await(Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException r ? r : new StartException(String.valueOf(e.getCause()), e);
        } catch (InterruptedException | TimeoutException e) {
            throw new StartException("the server did not start: " + e, e);
        }
    }

    public Ports ports() {
        return ports;
    }

    /** Calls back once, when the server has become ready; at once when it is. */
    public void onReady(Consumer<Ports> then) {
        starter.onReady(() -> then.accept(ports));
    }

    /** Unready first, then the requests under way, then the end. Blocks for {@code server.drainMs} at most. */
    public void stop() {
        parts.state().enter(Phase.Draining, "Draining", "the server is stopping");
        parts.state().version().metrics().ready(false);
        starter.stop();
        if (parts.prewarm() != null) {
            parts.prewarm().close();
        }
        if (parts.stream() != null) {
            parts.stream().close();
        }
        long drainMs = Math.max(0, parts.config().server().drainMs());
        long end = System.nanoTime() + drainMs * 1_000_000;
        try {
            TimeUnit.MILLISECONDS.sleep(Math.min(LAME_DUCK_MS, drainMs / 3));
            for (String id : deployments) {
                long left = Math.max(1_000, (end - System.nanoTime()) / 1_000_000);
                vertx.undeploy(id).toCompletionStage().toCompletableFuture().get(left, TimeUnit.MILLISECONDS);
            }
            if (!parts.state().awaitIdle(end - System.nanoTime())) {
                LOG.warn("stopping: {} requests are cut off", parts.state().underWay());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("stopping: {} requests are cut off", parts.state().underWay());
        }
        if (parts.log() != null) {
            parts.log().close();
        }
        if (parts.sql() != null) {
            parts.sql().close();
        }
        starter.close();
        vertx.close();
    }
}
