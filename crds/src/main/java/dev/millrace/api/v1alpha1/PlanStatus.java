package dev.millrace.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import org.jspecify.annotations.Nullable;

/** Numbers derived from the spec. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public class PlanStatus {

    @JsonPropertyDescription("Budget of each stage, as given or derived.")
    private @Nullable DeadlineStatus deadlines;

    @JsonPropertyDescription("Rows of different requests merged into one execution.")
    private @Nullable Integer maxBatchSize;

    @JsonPropertyDescription(
            "Requests queued and executing in one server that can still finish in time. A server sheds by the same rule, from its own measurement.")
    private @Nullable Integer maxInFlight;

    @JsonPropertyDescription("Requests in flight per server that keep the SLO and leave room for a burst.")
    @Size(max = 20)
    private @Nullable String targetInFlight;

    @JsonPropertyDescription("Requests per second that one server answers at the edge of the SLO.")
    private @Nullable Integer capacityRps;

    @JsonPropertyDescription("How the numbers follow from the SLO and the measured or assumed execution time.")
    @Size(max = 4096)
    private @Nullable String reason;

    public @Nullable DeadlineStatus getDeadlines() {
        return deadlines;
    }

    public void setDeadlines(@Nullable DeadlineStatus deadlines) {
        this.deadlines = deadlines;
    }

    public @Nullable Integer getMaxBatchSize() {
        return maxBatchSize;
    }

    public void setMaxBatchSize(@Nullable Integer maxBatchSize) {
        this.maxBatchSize = maxBatchSize;
    }

    public @Nullable Integer getMaxInFlight() {
        return maxInFlight;
    }

    public void setMaxInFlight(@Nullable Integer maxInFlight) {
        this.maxInFlight = maxInFlight;
    }

    public @Nullable String getTargetInFlight() {
        return targetInFlight;
    }

    public void setTargetInFlight(@Nullable String targetInFlight) {
        this.targetInFlight = Texts.orNull(targetInFlight);
    }

    public @Nullable Integer getCapacityRps() {
        return capacityRps;
    }

    public void setCapacityRps(@Nullable Integer capacityRps) {
        this.capacityRps = capacityRps;
    }

    public @Nullable String getReason() {
        return reason;
    }

    public void setReason(@Nullable String reason) {
        this.reason = Texts.orNull(reason);
    }
}
