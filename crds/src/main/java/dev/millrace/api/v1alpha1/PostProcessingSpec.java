package dev.millrace.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import org.jspecify.annotations.Nullable;

/** From outputs to an answer. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public class PostProcessingSpec {

    @JsonPropertyDescription("A label by comparing one output with a bound.")
    private @Nullable ThresholdSpec threshold;

    public @Nullable ThresholdSpec getThreshold() {
        return threshold;
    }

    public void setThreshold(@Nullable ThresholdSpec threshold) {
        this.threshold = threshold;
    }
}
