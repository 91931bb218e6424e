package dev.millrace.server.protocol;

import dev.millrace.contract.config.ServingConfig;
import dev.millrace.contract.config.ServingConfig.TensorSpec;
import dev.millrace.server.engine.Calibration;
import dev.millrace.server.metrics.ModelStatistics.Batch;
import dev.millrace.server.metrics.ModelStatistics.Snapshot;
import dev.millrace.server.metrics.ModelStatistics.Total;
import dev.millrace.server.predict.ServedModel;
import dev.millrace.server.proto.inference.DataType;
import dev.millrace.server.proto.inference.InferBatchStatistics;
import dev.millrace.server.proto.inference.InferStatistics;
import dev.millrace.server.proto.inference.ModelConfig;
import dev.millrace.server.proto.inference.ModelDynamicBatching;
import dev.millrace.server.proto.inference.ModelInput;
import dev.millrace.server.proto.inference.ModelInstanceGroup;
import dev.millrace.server.proto.inference.ModelOutput;
import dev.millrace.server.proto.inference.ModelResponseCache;
import dev.millrace.server.proto.inference.ModelStatistics;
import dev.millrace.server.proto.inference.ModelVersionPolicy;
import dev.millrace.server.proto.inference.StatisticDuration;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.List;

/** What the server tells of its model: configuration and statistics in Triton's terms, and the calibration. Pure. */
final class ModelInfo {
    private ModelInfo() {}

    static ModelConfig config(ServingConfig config, ServedModel served) {
        ServingConfig.Server server = config.server();
        boolean batchable = served.model().isBatchable();
        ModelConfig.Builder answer = ModelConfig.newBuilder()
                .setName(config.name())
                .setPlatform(Served.PLATFORM)
                .setBackend("onnxruntime")
                .setVersionPolicy(ModelVersionPolicy.newBuilder()
                        .setLatest(ModelVersionPolicy.Latest.newBuilder().setNumVersions(1)))
                .setMaxBatchSize(batchable ? Math.max(1, server.maxBatchSize()) : 0)
                .setDefaultModelFilename(
                        String.valueOf(Path.of(config.model().path()).getFileName()))
                .addInstanceGroup(ModelInstanceGroup.newBuilder()
                        .setName(config.name())
                        .setCount(Math.max(1, server.instances()))
                        .setKind(
                                served.model().executionProvider().equals("CPU")
                                        ? ModelInstanceGroup.Kind.KIND_CPU
                                        : ModelInstanceGroup.Kind.KIND_GPU));
        for (TensorSpec s : served.model().inputs()) {
            answer.addInput(ModelInput.newBuilder()
                    .setName(s.name())
                    .setDataType(dataType(s))
                    .addAllDims(dims(s, batchable)));
        }
        for (TensorSpec s : served.model().outputs()) {
            answer.addOutput(ModelOutput.newBuilder()
                    .setName(s.name())
                    .setDataType(dataType(s))
                    .addAllDims(dims(s, batchable)));
        }
        if (batchable) {
            answer.setDynamicBatching(ModelDynamicBatching.newBuilder()
                    .addPreferredBatchSize(served.calibration().preferredRows())
                    .setMaxQueueDelayMicroseconds((long) (server.maxQueueDelayMs() * 1_000)));
        }
        if (config.requestCache() != null) {
            answer.setResponseCache(ModelResponseCache.newBuilder().setEnable(true));
        }
        return answer.build();
    }

    private static DataType dataType(TensorSpec spec) {
        return spec.datatype().equals("BYTES") ? DataType.TYPE_STRING : DataType.valueOf("TYPE_" + spec.datatype());
    }

    private static List<Long> dims(TensorSpec spec, boolean batchable) {
        return batchable ? spec.shape().subList(1, spec.shape().size()) : spec.shape();
    }

    static ModelStatistics statistics(String name, String version, Snapshot s) {
        ModelStatistics.Builder answer = ModelStatistics.newBuilder()
                .setName(name)
                .setVersion(version)
                .setLastInference(s.lastInferenceMs())
                .setInferenceCount(s.inferences())
                .setExecutionCount(s.executions())
                .setInferenceStats(InferStatistics.newBuilder()
                        .setSuccess(total(s.success()))
                        .setFail(total(s.fail()))
                        .setQueue(total(s.queue()))
                        .setComputeInput(total(s.input()))
                        .setComputeInfer(total(s.infer()))
                        .setComputeOutput(total(s.output()))
                        .setCacheHit(total(s.cacheHit()))
                        .setCacheMiss(total(s.cacheMiss())));
        for (Batch b : s.batches()) {
            StatisticDuration outside = total(new Total(b.infer().count(), 0));
            answer.addBatchStats(InferBatchStatistics.newBuilder()
                    .setBatchSize(b.rows())
                    .setComputeInput(outside)
                    .setComputeInfer(total(b.infer()))
                    .setComputeOutput(outside));
        }
        return answer.build();
    }

    private static StatisticDuration total(Total t) {
        return StatisticDuration.newBuilder()
                .setCount(t.count())
                .setNs(t.nanos())
                .build();
    }

    static JsonObject calibration(String name, ServedModel served, double overheadMs) {
        Calibration c = served.calibration();
        JsonArray points = new JsonArray();
        c.meanNanos()
                .forEach((rows, nanos) ->
                        points.add(new JsonObject().put("rows", rows).put("ms", nanos / 1e6)));
        return new JsonObject()
                .put("model", name)
                .put("version", served.version())
                .put("serviceMs", c.meanNanos().getOrDefault(1, 0L) / 1e6)
                .put("cv", c.serviceCv())
                .put("overheadMs", overheadMs)
                .put("preferredRows", c.preferredRows())
                .put("points", points);
    }
}
