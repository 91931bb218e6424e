package dev.millrace.server.protocol;

import dev.millrace.server.predict.CallException;
import io.vertx.core.Future;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.server.GrpcServerRequest;

/** Says failures as gRPC statuses. */
final class GrpcReplies {
    private GrpcReplies() {}

    static Future<Void> fail(GrpcServerRequest<?, ?> call, CallException e) {
        GrpcStatus status =
                switch (e.kind()) {
                    case INVALID -> GrpcStatus.INVALID_ARGUMENT;
                    case NOT_FOUND -> GrpcStatus.NOT_FOUND;
                    case UNSUPPORTED -> GrpcStatus.UNIMPLEMENTED;
                    case REJECTED -> GrpcStatus.FAILED_PRECONDITION;
                    case SHED -> GrpcStatus.RESOURCE_EXHAUSTED;
                    case TIMEOUT -> GrpcStatus.DEADLINE_EXCEEDED;
                    case UNAVAILABLE -> GrpcStatus.UNAVAILABLE;
                    case INTERNAL -> GrpcStatus.INTERNAL;
                };
        return call.response().status(status).statusMessage(e.getMessage()).end();
    }
}
