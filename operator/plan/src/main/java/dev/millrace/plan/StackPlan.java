package dev.millrace.plan;

import dev.millrace.api.v1alpha1.RealtimeModel;
import dev.millrace.contract.config.AggregatorConfig;
import dev.millrace.contract.config.ModelSource;
import dev.millrace.contract.config.ServingConfig;
import dev.millrace.contract.config.ServingConfig.Fallback;
import dev.millrace.contract.config.ServingConfig.Logger;
import dev.millrace.contract.config.ServingConfig.RequestCache;
import dev.millrace.contract.config.ServingConfig.Slo;
import dev.millrace.contract.config.ServingConfig.StreamInference;
import dev.millrace.contract.config.ServingConfig.Threshold;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Everything about one stack that had to be decided, each derived number with its reason. Immutable and pure: the same
 * spec and inputs give the same plan, and nothing downstream decides again.
 *
 * @param uid of the RealtimeModel, for owner references; null outside a cluster
 * @param slo with every stage's budget, derived where the spec left it out
 * @param kafka null when nothing uses it
 * @param features null = the caller sends the whole input
 * @param monitoringLabels for the objects that Prometheus selects by label
 * @param derivations every derived number, in the order of the spec
 * @param network who may connect
 * @param answers ranking, and the caches of whole answers
 * @param streamInference null = there are callers only
 */
public record StackPlan(
        String namespace,
        String name,
        @Nullable String uid,
        boolean suspended,
        Images images,
        ModelPlan model,
        Slo slo,
        ServerPlan server,
        CapacityPlan capacity,
        ScalingPlan scaling,
        @Nullable KafkaPlan kafka,
        @Nullable FeaturesPlan features,
        @Nullable RequestCache requestCache,
        @Nullable Threshold threshold,
        @Nullable Fallback fallback,
        @Nullable Logger logger,
        @Nullable DriftPlan drift,
        Map<String, String> monitoringLabels,
        List<Derivation> derivations,
        NetworkPlan network,
        AnswersPlan answers,
        @Nullable StreamInference streamInference) {

    /**
     * Plans a spec that {@code SpecCheck} found no error in.
     *
     * @throws IllegalArgumentException for a spec with errors, naming the first thing that it stumbles over
     */
    public static StackPlan of(RealtimeModel model, PlanInputs inputs) {
        return PlanBuilder.build(model, inputs);
    }

    /** The same plan, scaled as another one would: for a measurement that is too bad to scale by. */
    public StackPlan withScaling(ScalingPlan other) {
        return with(other, features);
    }

    /** With as many aggregators, by lag. */
    public StackPlan withAggregators(int replicas) {
        return with(scaling, features == null ? null : features.withAggregators(replicas));
    }

    private StackPlan with(ScalingPlan other, @Nullable FeaturesPlan otherFeatures) {
        return new StackPlan(
                namespace,
                name,
                uid,
                suspended,
                images,
                model,
                slo,
                server,
                capacity,
                other,
                kafka,
                otherFeatures,
                requestCache,
                threshold,
                fallback,
                logger,
                drift,
                monitoringLabels,
                derivations,
                network,
                answers,
                streamInference);
    }

    /** {@code serving.json} for processes that are placed like this. */
    public ServingConfig servingConfig(Placement placement) {
        return Documents.serving(this, placement);
    }

    /** {@code model.json} for the loaders beside servers that are placed like this. */
    public ModelSource modelSource(Placement placement) {
        return Documents.source(this, placement);
    }

    /**
     * {@code aggregator.json} for the aggregator and the batch loaders.
     *
     * @throws IllegalStateException for a plan without features
     */
    public AggregatorConfig aggregatorConfig(Placement placement) {
        return Documents.aggregator(this, placement);
    }

    /** True when the model servers themselves read from or write to Kafka. */
    public boolean serverUsesKafka() {
        return logger != null
                || streamInference != null
                || answers.entityCache() != null && answers.entityCache().prewarm() != null;
    }

    /** True when a managed store belongs to the stack. */
    public boolean hasManagedStore() {
        return features != null && features.usesStore() && features.store() instanceof StorePlan.Managed;
    }
}
