package dev.millrace.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import io.fabric8.generator.annotation.Size;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the stack is doing. Written by the operator only. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public class RealtimeModelStatus {

    @JsonPropertyDescription("Generation of the spec that this status speaks of; -1 before the first look.")
    private @Nullable Long observedGeneration;

    @JsonSetter(nulls = Nulls.SKIP)
    @JsonPropertyDescription(
            "Ready, Reconciling, Stalled and the details; docs/conditions.md has every type and reason.")
    @Size(max = 24)
    private List<Condition> conditions = new ArrayList<>();

    @JsonPropertyDescription("REST address inside the cluster.")
    @Size(max = 512)
    private @Nullable String url;

    @JsonPropertyDescription("gRPC address inside the cluster.")
    @Size(max = 512)
    private @Nullable String grpcUrl;

    @JsonPropertyDescription("The model as the servers see it.")
    private @Nullable ModelStatus modelStatus;

    @JsonPropertyDescription("Model servers.")
    private @Nullable ReplicaStatus replicas;

    @JsonSetter(nulls = Nulls.SKIP)
    @JsonPropertyDescription("Feature groups.")
    @Size(max = 16)
    private List<FeatureGroupStatus> features = new ArrayList<>();

    @JsonSetter(nulls = Nulls.SKIP)
    @JsonPropertyDescription("Canaries.")
    @Size(max = 8)
    private List<CanaryStatus> canary = new ArrayList<>();

    @JsonPropertyDescription("Numbers derived from the spec.")
    private @Nullable PlanStatus plan;

    @JsonPropertyDescription("The autoscaler in use.")
    private @Nullable ScalingStatus scaling;

    @JsonPropertyDescription("Images that the stack runs, until spec.release changes.")
    private @Nullable ResolvedImages resolvedImages;

    public @Nullable Long getObservedGeneration() {
        return observedGeneration;
    }

    public void setObservedGeneration(@Nullable Long observedGeneration) {
        this.observedGeneration = observedGeneration;
    }

    public List<Condition> getConditions() {
        return conditions;
    }

    public void setConditions(List<Condition> conditions) {
        this.conditions = conditions;
    }

    public @Nullable String getUrl() {
        return url;
    }

    public void setUrl(@Nullable String url) {
        this.url = Texts.orNull(url);
    }

    public @Nullable String getGrpcUrl() {
        return grpcUrl;
    }

    public void setGrpcUrl(@Nullable String grpcUrl) {
        this.grpcUrl = Texts.orNull(grpcUrl);
    }

    public @Nullable ModelStatus getModelStatus() {
        return modelStatus;
    }

    public void setModelStatus(@Nullable ModelStatus modelStatus) {
        this.modelStatus = modelStatus;
    }

    public @Nullable ReplicaStatus getReplicas() {
        return replicas;
    }

    public void setReplicas(@Nullable ReplicaStatus replicas) {
        this.replicas = replicas;
    }

    public List<FeatureGroupStatus> getFeatures() {
        return features;
    }

    public void setFeatures(List<FeatureGroupStatus> features) {
        this.features = features;
    }

    public List<CanaryStatus> getCanary() {
        return canary;
    }

    public void setCanary(List<CanaryStatus> canary) {
        this.canary = canary;
    }

    public @Nullable PlanStatus getPlan() {
        return plan;
    }

    public void setPlan(@Nullable PlanStatus plan) {
        this.plan = plan;
    }

    public @Nullable ScalingStatus getScaling() {
        return scaling;
    }

    public void setScaling(@Nullable ScalingStatus scaling) {
        this.scaling = scaling;
    }

    public @Nullable ResolvedImages getResolvedImages() {
        return resolvedImages;
    }

    public void setResolvedImages(@Nullable ResolvedImages resolvedImages) {
        this.resolvedImages = resolvedImages;
    }
}
