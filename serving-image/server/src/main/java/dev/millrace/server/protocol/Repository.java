package dev.millrace.server.protocol;

import dev.millrace.server.predict.CallException;
import dev.millrace.server.predict.CallException.Kind;
import dev.millrace.server.proto.inference.RepositoryIndexResponse;
import dev.millrace.server.proto.inference.RepositoryIndexResponse.ModelIndex;
import dev.millrace.server.status.ModelControl;
import dev.millrace.server.status.ServerState;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The repository extension over the one model that the server has, where {@code server.repositoryApi} allows it. The document,
 * not a caller, says which model this process is for; a caller says whether it is in memory.
 */
final class Repository {
    private final Served served;

    Repository(Served served) {
        this.served = served;
    }

    private void check() {
        if (!Extensions.hasRepository(served.config())) {
            throw new CallException(
                    Kind.UNSUPPORTED,
                    "the repository calls are off: this model changes through its RealtimeModel; a server of your own takes"
                            + " them with server.repositoryApi: true in its serving.json");
        }
    }

    /** {@code readyOnly}: leave out a model that cannot be asked. */
    RepositoryIndexResponse index(boolean readyOnly) {
        check();
        ServerState state = served.state();
        ServerState.Snapshot now = state.snapshot();
        RepositoryIndexResponse.Builder answer = RepositoryIndexResponse.newBuilder();
        if (!readyOnly || state.isReady()) {
            String why = state.isUnloaded() ? unloaded(state.control()) : now.message();
            answer.addModels(ModelIndex.newBuilder()
                    .setName(served.config().name())
                    .setVersion(served.version())
                    .setState(stateOf(state))
                    .setReason(why == null ? "" : why));
        }
        return answer.build();
    }

    private static String unloaded(ModelControl control) {
        String why = control.reason();
        return why == null ? "unloaded" : why;
    }

    private static String stateOf(ServerState state) {
        return switch (state.snapshot().phase()) {
            case Loading, Warming -> "LOADING";
            case Ready ->
                switch (state.control().residence()) {
                    case LOADED -> "READY";
                    case UNLOADING -> "UNLOADING";
                    case UNLOADED -> "UNAVAILABLE";
                    case LOADING -> "LOADING";
                };
            case Failed -> "UNAVAILABLE";
            case Draining -> "UNLOADING";
        };
    }

    /** Done when callers are answered. */
    Future<Void> load(@Nullable String model) {
        checkOrder(model);
        return Future.fromCompletionStage(served.state().control().load(), context())
                .recover(e -> Future.failedFuture(
                        new CallException(Kind.UNAVAILABLE, "the model is not loaded: " + e.getMessage())));
    }

    /** From now on no caller is answered; those who were taken on still are, and then the model leaves memory. */
    void unload(@Nullable String model) {
        checkOrder(model);
        served.state().control().unload();
    }

    private void checkOrder(@Nullable String model) {
        check();
        served.checkModel(model, null);
        ServerState.Snapshot now = served.state().snapshot();
        if (now.phase() != ServerState.Phase.Ready) {
            throw new CallException(
                    Kind.UNAVAILABLE,
                    "the server is " + now.phase() + (now.message() == null ? "" : ": " + now.message()));
        }
    }

    private static Context context() {
        return Objects.requireNonNull(Vertx.currentContext(), "called on an event loop");
    }
}
