package dev.millrace.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import org.jspecify.annotations.Nullable;

/** Rows merged across requests; derived from the SLO and the calibration where absent. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public class BatchingSpec {

    @JsonPropertyDescription(
            "Rows of different requests merged into one execution. Default 1: on a CPU a second row costs as much as the first.")
    @Min(1)
    @Max(1024)
    private @Nullable Integer maxBatchSize;

    @JsonPropertyDescription("Longest wait for a batch to fill. Default 0ms.")
    @Size(max = 20)
    @Pattern("^([0-9]+(\\.[0-9]+)?(ms|s|m|h|d))+$")
    private @Nullable String maxQueueDelay;

    @JsonPropertyDescription(
            "Rows that may wait; more are shed with 429. Default 512: it bounds memory, the deadline sheds before.")
    @Min(1)
    @Max(65536)
    private @Nullable Integer maxQueueSize;

    public @Nullable Integer getMaxBatchSize() {
        return maxBatchSize;
    }

    public void setMaxBatchSize(@Nullable Integer maxBatchSize) {
        this.maxBatchSize = maxBatchSize;
    }

    public @Nullable String getMaxQueueDelay() {
        return maxQueueDelay;
    }

    public void setMaxQueueDelay(@Nullable String maxQueueDelay) {
        this.maxQueueDelay = Texts.orNull(maxQueueDelay);
    }

    public @Nullable Integer getMaxQueueSize() {
        return maxQueueSize;
    }

    public void setMaxQueueSize(@Nullable Integer maxQueueSize) {
        this.maxQueueSize = maxQueueSize;
    }
}
