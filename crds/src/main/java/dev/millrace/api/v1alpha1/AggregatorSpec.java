package dev.millrace.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import org.jspecify.annotations.Nullable;

/** The stream aggregators (Kafka Streams). */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
        value = "!has(self.maxReplicas) || (has(self.minReplicas) ? self.minReplicas : 1) <= self.maxReplicas",
        message = "aggregator.maxReplicas must not be less than aggregator.minReplicas")
public class AggregatorSpec {

    @JsonSetter(nulls = Nulls.SKIP)
    @JsonPropertyDescription("Resources of the aggregator container (core/v1).")
    private ResourceRequirements resources = new ResourceRequirements();

    @JsonPropertyDescription("Least number of aggregators; those beyond the number of partitions are idle. Default 1.")
    @Min(1)
    @Max(64)
    private @Nullable Integer minReplicas;

    @JsonPropertyDescription(
            "Most aggregators: more than minReplicas are added by lag, never more than there are partitions. Default: minReplicas.")
    @Min(1)
    @Max(64)
    private @Nullable Integer maxReplicas;

    @JsonPropertyDescription(
            "Where tiles are kept: Memory, or RocksDB (on the node's disk, for more entities than memory holds; slower). Default Memory.")
    private @Nullable AggregatorState state;

    public ResourceRequirements getResources() {
        return resources;
    }

    public void setResources(ResourceRequirements resources) {
        this.resources = resources;
    }

    public @Nullable Integer getMinReplicas() {
        return minReplicas;
    }

    public void setMinReplicas(@Nullable Integer minReplicas) {
        this.minReplicas = minReplicas;
    }

    public @Nullable Integer getMaxReplicas() {
        return maxReplicas;
    }

    public void setMaxReplicas(@Nullable Integer maxReplicas) {
        this.maxReplicas = maxReplicas;
    }

    public @Nullable AggregatorState getState() {
        return state;
    }

    public void setState(@Nullable AggregatorState state) {
        this.state = state;
    }
}
