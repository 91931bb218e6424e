package dev.millrace.plan;

import dev.millrace.api.v1alpha1.CacheSpec;
import dev.millrace.api.v1alpha1.DriftSpec;
import dev.millrace.api.v1alpha1.FallbackReason;
import dev.millrace.api.v1alpha1.FallbackSpec;
import dev.millrace.api.v1alpha1.KafkaAuthentication;
import dev.millrace.api.v1alpha1.KafkaSpec;
import dev.millrace.api.v1alpha1.LoggerSpec;
import dev.millrace.api.v1alpha1.ModelSpec;
import dev.millrace.api.v1alpha1.NetworkPolicyMode;
import dev.millrace.api.v1alpha1.NetworkSpec;
import dev.millrace.api.v1alpha1.PostProcessingSpec;
import dev.millrace.api.v1alpha1.RealtimeModel;
import dev.millrace.api.v1alpha1.RealtimeModelSpec;
import dev.millrace.api.v1alpha1.RequestCacheSpec;
import dev.millrace.api.v1alpha1.SaslMechanism;
import dev.millrace.api.v1alpha1.SchemaRegistrySpec;
import dev.millrace.api.v1alpha1.SloSpec;
import dev.millrace.api.v1alpha1.TensorSpec;
import dev.millrace.api.v1alpha1.ThresholdSpec;
import dev.millrace.contract.config.ServingConfig;
import dev.millrace.contract.config.ServingConfig.Budget;
import dev.millrace.contract.config.ServingConfig.Fallback;
import dev.millrace.contract.config.ServingConfig.FallbackResponse;
import dev.millrace.contract.config.ServingConfig.Logger;
import dev.millrace.contract.config.ServingConfig.OutputValue;
import dev.millrace.contract.config.ServingConfig.RequestCache;
import dev.millrace.contract.config.ServingConfig.Slo;
import dev.millrace.contract.config.ServingConfig.StreamInference;
import dev.millrace.contract.config.ServingConfig.Threshold;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Puts a plan together, part by part in the order of the spec. */
final class PlanBuilder {
    private static final int VERSION_DIGITS = 12;

    private PlanBuilder() {}

    static StackPlan build(RealtimeModel model, PlanInputs inputs) {
        RealtimeModelSpec spec = model.getSpec();
        Derivations derivations = new Derivations();
        String name = Objects.requireNonNull(model.getMetadata().getName(), "metadata.name");
        String namespace = model.getMetadata().getNamespace();
        ModelPlan modelPlan = model(spec.getModel(), derivations);
        SloSpec slo = spec.getSlo();
        double thresholdMs = Durations.millis(slo.getLatency().getThreshold());
        Budget budget = BudgetNumbers.of(slo.getBudget(), thresholdMs, derivations);
        ServerPlan server = ServerNumbers.of(
                spec.getServer(),
                spec.getCandidates() == null ? 1 : AnswerNumbers.max(spec.getCandidates()),
                thresholdMs,
                derivations);
        double burstFactor = ScalingNumbers.burstFactor(spec.getScaling());
        CapacityPlan capacity = CapacityNumbers.of(slo, server, burstFactor, inputs.calibration(), derivations);
        ScalingPlan scaling =
                ScalingNumbers.of(spec.getScaling(), server, capacity, burstFactor, inputs.keepReplicas(), derivations);
        FeaturesPlan features = spec.getFeatures() == null
                ? null
                : FeatureNumbers.of(spec.getFeatures(), Vectors.of(spec), name, derivations);
        StreamInference streamInference = StreamInferenceNumbers.of(
                spec.getStreamInference(), namespace == null ? "default" : namespace, name, derivations);
        return new StackPlan(
                namespace == null ? "default" : namespace,
                name,
                model.getMetadata().getUid(),
                Boolean.TRUE.equals(spec.getSuspend()),
                inputs.images(),
                modelPlan,
                new Slo(slo.getLatency().getPercentile(), thresholdMs, slo.getAvailability(), budget),
                server,
                capacity,
                scaling,
                kafka(spec.getKafka()),
                features,
                requestCache(spec.getCache()),
                threshold(spec.getPostProcessing()),
                fallback(spec.getFallback()),
                logger(spec.getLogger()),
                drift(spec.getMonitoring().getDrift()),
                new TreeMap<>(spec.getMonitoring().getLabels()),
                derivations.list(),
                network(spec.getNetwork()),
                AnswerNumbers.of(spec),
                streamInference);
    }

    private static ModelPlan model(ModelSpec given, Derivations derivations) {
        String digest = Objects.requireNonNull(given.getDigest(), "model.digest");
        String version = given.getVersion();
        if (version == null) {
            int start = digest.indexOf(':') + 1;
            version = digest.substring(start, Math.min(digest.length(), start + VERSION_DIGITS));
            derivations.add("model.version", version, "the first " + VERSION_DIGITS + " hex digits of the digest");
        }
        return new ModelPlan(
                Source.parse(given.getStorageUri()),
                digest,
                version,
                given.getModelFormat().getName() == null
                        ? "onnx"
                        : given.getModelFormat().getName().name(),
                tensors(given.getInputs()),
                tensors(given.getOutputs()));
    }

    private static List<ServingConfig.TensorSpec> tensors(List<TensorSpec> given) {
        return given.stream()
                .map(t -> new ServingConfig.TensorSpec(t.getName(), name(t.getDatatype()), List.copyOf(t.getShape())))
                .toList();
    }

    private static @Nullable KafkaPlan kafka(@Nullable KafkaSpec given) {
        if (given == null) {
            return null;
        }
        KafkaAuthentication authentication = given.getAuthentication();
        SchemaRegistrySpec registry = given.getSchemaRegistry();
        SaslMechanism mechanism = authentication == null ? null : authentication.getMechanism();
        return new KafkaPlan(
                given.getBootstrapServers(),
                given.getTls() == null || given.getTls().getCaSecretRef() == null
                        ? null
                        : given.getTls().getCaSecretRef().getName(),
                given.getTls() == null || given.getTls().getClientSecretRef() == null
                        ? null
                        : given.getTls().getClientSecretRef().getName(),
                mechanism == null ? null : mechanism.name().replace('_', '-'),
                authentication == null ? null : authentication.getSecretRef().getName(),
                registry == null ? null : registry.getUrl(),
                registry == null || registry.getSecretRef() == null
                        ? null
                        : registry.getSecretRef().getName());
    }

    private static @Nullable RequestCache requestCache(@Nullable CacheSpec given) {
        RequestCacheSpec request = given == null ? null : given.getRequest();
        return request == null
                ? null
                : new RequestCache(
                        Durations.parse(request.getTtl()).toMillis(),
                        request.getMaxEntries() == null ? 100_000 : request.getMaxEntries(),
                        request.getKey() == null ? "Vector" : request.getKey().name());
    }

    private static @Nullable Threshold threshold(@Nullable PostProcessingSpec given) {
        ThresholdSpec threshold = given == null ? null : given.getThreshold();
        return threshold == null
                ? null
                : new Threshold(
                        threshold.getOutput(),
                        threshold.getIndex() == null ? 0 : threshold.getIndex(),
                        Double.parseDouble(threshold.getAbove()),
                        List.copyOf(threshold.getLabels()));
    }

    private static @Nullable Fallback fallback(@Nullable FallbackSpec given) {
        if (given == null) {
            return null;
        }
        dev.millrace.api.v1alpha1.FallbackResponse response = given.getResponse();
        return new Fallback(
                given.getOn().isEmpty()
                        ? Arrays.stream(FallbackReason.values()).map(Enum::name).toList()
                        : given.getOn().stream().map(Enum::name).toList(),
                given.getOrder().isEmpty()
                        ? List.of("Default")
                        : given.getOrder().stream().map(Enum::name).toList(),
                response == null
                        ? null
                        : new FallbackResponse(
                                response.getLabel(),
                                response.getOutputs().stream()
                                        .map(o -> new OutputValue(
                                                o.getName(), name(o.getDatatype()), List.copyOf(o.getData())))
                                        .toList()));
    }

    private static @Nullable Logger logger(@Nullable LoggerSpec given) {
        return given == null
                ? null
                : new Logger(
                        given.getTopic(),
                        given.getPercent() == null ? 100 : given.getPercent(),
                        given.getMode() == null ? "all" : given.getMode().name());
    }

    private static @Nullable DriftPlan drift(@Nullable DriftSpec given) {
        return given == null
                ? null
                : new DriftPlan(
                        given.getBaseline(),
                        given.getThreshold() == null ? 0.2 : Double.parseDouble(given.getThreshold()),
                        given.getMaxFeatures() == null ? 20 : given.getMaxFeatures());
    }

    private static NetworkPlan network(NetworkSpec given) {
        return new NetworkPlan(given.getPolicy() != NetworkPolicyMode.Disabled, List.copyOf(given.getAllowFrom()));
    }

    private static String name(@Nullable Enum<?> value) {
        return Objects.requireNonNull(value, "SpecCheck lets no spec without it pass")
                .name();
    }
}
