package dev.millrace.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Features read for an entity on every prediction. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
        value = "self.groups.all(g, self.entities.exists(e, e.name == g.entity))",
        message = "features.groups[].entity must name one of features.entities[].name")
@ValidationRule(
        value = "!has(self.request) || self.request.all(r, self.groups.all(g, g.name != r.name))",
        message = "features.request[].name and features.groups[].name must differ")
public class FeaturesSpec {

    @JsonSetter(nulls = Nulls.SKIP)
    @JsonPropertyDescription("The stream aggregators.")
    private AggregatorSpec aggregator = new AggregatorSpec();

    @JsonSetter(nulls = Nulls.SKIP)
    @JsonPropertyDescription("Where features are kept.")
    @Required
    private StoreSpec store = new StoreSpec();

    @JsonSetter(nulls = Nulls.SKIP)
    @JsonPropertyDescription("What features belong to.")
    @Required
    @Size(min = 1, max = 8)
    @ValidationRule(
            value = "oldSelf.all(o, self.exists(n, n == o))",
            message =
                    "features.entities is immutable: an entity may be added, not changed or removed (its keys are part of every stored key). Use a new RealtimeModel")
    private List<EntitySpec> entities = new ArrayList<>();

    @JsonSetter(nulls = Nulls.SKIP)
    @JsonPropertyDescription("Feature groups: each is one value in the store per entity.")
    @Required
    @Size(min = 1, max = 16)
    private List<FeatureGroupSpec> groups = new ArrayList<>();

    @JsonSetter(nulls = Nulls.SKIP)
    @JsonPropertyDescription("Fields that the caller sends with each prediction.")
    @Size(max = 64)
    private List<RequestFieldSpec> request = new ArrayList<>();

    @JsonSetter(nulls = Nulls.SKIP)
    @JsonPropertyDescription(
            "The model's input in the order that it expects: a request field, or group.feature. Required unless candidates.vector takes its place.")
    @Size(min = 1, max = 512)
    private List<String> vector = new ArrayList<>();

    @JsonPropertyDescription("What to do for a feature that has no value: Default or Reject. Default: Default.")
    private @Nullable OnMissing onMissing;

    @JsonPropertyDescription(
            "What to do with a value older than its group's freshness: Serve, Default or Reject. Default: Serve.")
    private @Nullable OnStale onStale;

    public AggregatorSpec getAggregator() {
        return aggregator;
    }

    public void setAggregator(AggregatorSpec aggregator) {
        this.aggregator = aggregator;
    }

    public StoreSpec getStore() {
        return store;
    }

    public void setStore(StoreSpec store) {
        this.store = store;
    }

    public List<EntitySpec> getEntities() {
        return entities;
    }

    public void setEntities(List<EntitySpec> entities) {
        this.entities = entities;
    }

    public List<FeatureGroupSpec> getGroups() {
        return groups;
    }

    public void setGroups(List<FeatureGroupSpec> groups) {
        this.groups = groups;
    }

    public List<RequestFieldSpec> getRequest() {
        return request;
    }

    public void setRequest(List<RequestFieldSpec> request) {
        this.request = request;
    }

    public List<String> getVector() {
        return vector;
    }

    public void setVector(List<String> vector) {
        this.vector = vector;
    }

    public @Nullable OnMissing getOnMissing() {
        return onMissing;
    }

    public void setOnMissing(@Nullable OnMissing onMissing) {
        this.onMissing = onMissing;
    }

    public @Nullable OnStale getOnStale() {
        return onStale;
    }

    public void setOnStale(@Nullable OnStale onStale) {
        this.onStale = onStale;
    }
}
