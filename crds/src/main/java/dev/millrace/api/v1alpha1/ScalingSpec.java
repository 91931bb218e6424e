package dev.millrace.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscalerBehavior;
import org.jspecify.annotations.Nullable;

/** Bounds of the number of model servers. minReplicas = maxReplicas: no autoscaler. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
        value = "!has(self.maxReplicas) || (has(self.minReplicas) ? self.minReplicas : 1) <= self.maxReplicas",
        message = "scaling.maxReplicas must not be less than scaling.minReplicas")
public class ScalingSpec {

    @JsonPropertyDescription("Lower bound. Default 1.")
    @Min(1)
    @Max(1000)
    private @Nullable Integer minReplicas;

    @JsonPropertyDescription("Upper bound. Default: minReplicas.")
    @Min(1)
    @Max(1000)
    private @Nullable Integer maxReplicas;

    @JsonPropertyDescription("Head room kept for a burst, as a string. Default \"1.25\".")
    @Size(max = 8)
    @Pattern("^[1-9][0-9]?(\\.[0-9]{1,3})?$")
    private @Nullable String burstFactor;

    @JsonPropertyDescription("Behaviour of the HorizontalPodAutoscaler (autoscaling/v2), passed through.")
    private @Nullable HorizontalPodAutoscalerBehavior behavior;

    @JsonPropertyDescription(
            "Requests in flight per replica that the autoscaler holds, as a string. Default: derived from the SLO.")
    @Size(max = 20)
    @Pattern("^([0-9]+(\\.[0-9]{1,3})?)?$")
    private @Nullable String targetInFlight;

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

    public @Nullable String getBurstFactor() {
        return burstFactor;
    }

    public void setBurstFactor(@Nullable String burstFactor) {
        this.burstFactor = Texts.orNull(burstFactor);
    }

    public @Nullable HorizontalPodAutoscalerBehavior getBehavior() {
        return behavior;
    }

    public void setBehavior(@Nullable HorizontalPodAutoscalerBehavior behavior) {
        this.behavior = behavior;
    }

    public @Nullable String getTargetInFlight() {
        return targetInFlight;
    }

    public void setTargetInFlight(@Nullable String targetInFlight) {
        this.targetInFlight = Texts.orNull(targetInFlight);
    }
}
