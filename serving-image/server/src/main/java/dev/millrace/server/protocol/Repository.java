package dev.millrace.server.protocol;

import dev.millrace.server.predict.CallException;
import dev.millrace.server.predict.CallException.Kind;
import dev.millrace.server.proto.inference.RepositoryIndexResponse;
import dev.millrace.server.proto.inference.RepositoryIndexResponse.ModelIndex;
import dev.millrace.server.status.ServerState;
import org.jspecify.annotations.Nullable;

/**
 * The repository extension over the one model that the server has, where {@code server.repositoryApi} allows it. An unloaded
 * model stays in memory and answers nobody: the document that names it, not a caller, says which model this process is for.
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
            String why = state.isUnloaded() ? "unloaded" : now.message();
            answer.addModels(ModelIndex.newBuilder()
                    .setName(served.config().name())
                    .setVersion(served.version())
                    .setState(stateOf(state))
                    .setReason(why == null ? "" : why));
        }
        return answer.build();
    }

    private static String stateOf(ServerState state) {
        return switch (state.snapshot().phase()) {
            case Loading, Warming -> "LOADING";
            case Ready -> state.isUnloaded() ? "UNAVAILABLE" : "READY";
            case Failed -> "UNAVAILABLE";
            case Draining -> "UNLOADING";
        };
    }

    void load(@Nullable String model) {
        check();
        served.checkModel(model, null);
        served.state().unloaded(false);
    }

    void unload(@Nullable String model) {
        check();
        served.checkModel(model, null);
        served.state().unloaded(true);
    }
}
