package dev.millrace.server.protocol;

import dev.millrace.contract.config.ServingConfig;
import dev.millrace.server.features.OnlineFeatures;
import dev.millrace.server.predict.CallException;
import dev.millrace.server.predict.CallException.Kind;
import dev.millrace.server.predict.InferService;
import dev.millrace.server.predict.PredictService;
import dev.millrace.server.predict.ServedModel;
import dev.millrace.server.proto.inference.ModelStatistics;
import dev.millrace.server.status.ServerState;
import org.jspecify.annotations.Nullable;

/**
 * What both protocols serve, on one event loop.
 *
 * @param config but for {@code model}: that is the current version's
 * @param predict null = the spec has no features
 * @param features null as well then
 */
public record Served(
        ServingConfig config,
        ServerState state,
        InferService infer,
        @Nullable PredictService predict,
        @Nullable OnlineFeatures features,
        ConnectionAges ages) {

    /** Header or metadata key of a version's warm-up token. */
    public static final String WARMUP = "millrace-warmup";

    static final String PLATFORM = "onnx_onnxv1";
    static final String SERVER_NAME = "millrace";
    /** Bytes of a request's body. */
    static final int MAX_BODY = 16 << 20;

    /** Fails unless name and version are those that are served; an empty one is any. */
    void checkModel(@Nullable String name, @Nullable String version) {
        if (name != null && !name.isEmpty() && !name.equals(config.name())) {
            throw new CallException(Kind.NOT_FOUND, "there is no model " + name + " here, only " + config.name());
        }
        String current = state.version().name();
        if (version != null && !version.isEmpty() && !version.equals(current)) {
            throw new CallException(
                    Kind.NOT_FOUND, "model " + config.name() + " has no version " + version + " here, only " + current);
        }
    }

    /** The version that is served, whether it is loaded or not. */
    String version() {
        return state.version().name();
    }

    /** The model, for those who ask about it; fails while there is none. */
    ServedModel loaded() {
        ServedModel model = state.model();
        if (model == null) {
            throw new CallException(Kind.UNAVAILABLE, "the model is not loaded");
        }
        return model;
    }

    /** Fails while the model is unloaded by a call of the repository extension. */
    void checkNotUnloaded(Exchange exchange) {
        // the server's own calls come before it is loaded for others
        if (state.isUnloaded() && !exchange.isWarmup()) {
            throw new CallException(
                    Kind.UNAVAILABLE,
                    "model " + config.name() + " is unloaded; POST /v2/repository/models/" + config.name() + "/load");
        }
    }

    ModelStatistics statistics() {
        loaded();
        return ModelInfo.statistics(
                config.name(), version(), state.version().metrics().statistics().snapshot());
    }

    PredictService predictService() {
        if (predict == null) {
            throw CallException.invalid("model " + config.name() + " has no features: call infer");
        }
        return predict;
    }

    static String serverVersion() {
        String version = Served.class.getPackage().getImplementationVersion();
        return version == null ? "dev" : version;
    }
}
