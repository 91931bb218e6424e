package dev.millrace.server.protocol;

import com.google.protobuf.Message;
import dev.millrace.server.predict.CallException;
import dev.millrace.server.predict.CallException.Kind;
import dev.millrace.server.proto.health.HealthCheckRequest;
import dev.millrace.server.proto.health.HealthCheckResponse;
import dev.millrace.server.proto.health.HealthCheckResponse.ServingStatus;
import dev.millrace.server.status.ServerState;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.server.GrpcServerRequest;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code grpc.health.v1.Health}: the status of the server and of each of its services, once or at every change. */
final class GrpcHealth {
    static final String SERVICE = "grpc.health.v1.Health";

    private final Vertx vertx;
    private final ServerState state;
    private final Set<String> services;

    /** {@code services}: those whose status can be asked for. */
    GrpcHealth(Vertx vertx, ServerState state, Set<String> services) {
        this.vertx = vertx;
        this.state = state;
        this.services = services;
    }

    private boolean knows(String service) {
        return service.isEmpty() || services.contains(service);
    }

    private ServingStatus status(String service) {
        if (!knows(service)) {
            return ServingStatus.SERVICE_UNKNOWN;
        }
        return state.isReady() ? ServingStatus.SERVING : ServingStatus.NOT_SERVING;
    }

    HealthCheckResponse check(HealthCheckRequest request) {
        if (!knows(request.getService())) {
            throw new CallException(Kind.NOT_FOUND, "there is no service " + request.getService() + " here");
        }
        return message(status(request.getService()));
    }

    private static HealthCheckResponse message(ServingStatus status) {
        return HealthCheckResponse.newBuilder().setStatus(status).build();
    }

    void watch(GrpcServerRequest<HealthCheckRequest, Message> call) {
        call.handler(request -> new Watcher(call, request.getService()).start());
    }

    /** One caller that is told every change until it goes, or the server does. */
    private final class Watcher implements Runnable {
        private final GrpcServerRequest<HealthCheckRequest, Message> call;
        private final String service;
        private final Context context = vertx.getOrCreateContext();
        private @Nullable ServingStatus told;
        private boolean ended;

        Watcher(GrpcServerRequest<HealthCheckRequest, Message> call, String service) {
            this.call = call;
            this.service = service;
        }

        void start() {
            call.errorHandler(e -> end());
            call.exceptionHandler(e -> end());
            call.response().exceptionHandler(e -> end());
            state.watch(this);
            tell();
        }

        /** The state has changed; on any thread. */
        @Override
        public void run() {
            context.runOnContext(v -> tell());
        }

        private void tell() {
            if (ended) {
                return;
            }
            ServingStatus now = status(service);
            if (now != told) {
                told = now;
                call.response().write(message(now)).onFailure(e -> end());
            }
            if (state.isDraining()) {
                // it would hold up the end of the server; the caller asks again, and another replica answers
                end();
                call.response()
                        .status(GrpcStatus.UNAVAILABLE)
                        .statusMessage("the server is stopping")
                        .end();
            }
        }

        private void end() {
            ended = true;
            state.unwatch(this);
        }
    }
}
