package dev.millrace.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import org.jspecify.annotations.Nullable;

/** Share of the latency for each stage; their sum may not exceed slo.latency.threshold. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public class LatencyBudget {

    @JsonPropertyDescription("Feature read.")
    @Size(max = 20)
    @Pattern("^([0-9]+(\\.[0-9]+)?(ms|s|m|h|d))+$")
    private @Nullable String features;

    @JsonPropertyDescription("Wait for an inference thread.")
    @Size(max = 20)
    @Pattern("^([0-9]+(\\.[0-9]+)?(ms|s|m|h|d))+$")
    private @Nullable String queue;

    @JsonPropertyDescription(
            "One execution of the model. Not enforced, as a running execution cannot be stopped: latency.threshold is what a caller waits.")
    @Size(max = 20)
    @Pattern("^([0-9]+(\\.[0-9]+)?(ms|s|m|h|d))+$")
    private @Nullable String inference;

    @JsonPropertyDescription("Threshold, labels, encoding.")
    @Size(max = 20)
    @Pattern("^([0-9]+(\\.[0-9]+)?(ms|s|m|h|d))+$")
    private @Nullable String postProcessing;

    public @Nullable String getFeatures() {
        return features;
    }

    public void setFeatures(@Nullable String features) {
        this.features = Texts.orNull(features);
    }

    public @Nullable String getQueue() {
        return queue;
    }

    public void setQueue(@Nullable String queue) {
        this.queue = Texts.orNull(queue);
    }

    public @Nullable String getInference() {
        return inference;
    }

    public void setInference(@Nullable String inference) {
        this.inference = Texts.orNull(inference);
    }

    public @Nullable String getPostProcessing() {
        return postProcessing;
    }

    public void setPostProcessing(@Nullable String postProcessing) {
        this.postProcessing = Texts.orNull(postProcessing);
    }
}
