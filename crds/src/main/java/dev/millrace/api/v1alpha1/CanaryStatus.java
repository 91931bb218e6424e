package dev.millrace.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import org.jspecify.annotations.Nullable;

/** State of a canary. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public class CanaryStatus {

    @JsonPropertyDescription("Name of the canary.")
    @Size(max = 63)
    private @Nullable String name;

    @JsonPropertyDescription("Its share of traffic.")
    private @Nullable Integer trafficPercent;

    @JsonPropertyDescription("Whether it can answer.")
    private @Nullable Boolean ready;

    @JsonPropertyDescription("Passing, Failing or Inconclusive.")
    @Size(max = 63)
    private @Nullable String verdict;

    public @Nullable String getName() {
        return name;
    }

    public void setName(@Nullable String name) {
        this.name = Texts.orNull(name);
    }

    public @Nullable Integer getTrafficPercent() {
        return trafficPercent;
    }

    public void setTrafficPercent(@Nullable Integer trafficPercent) {
        this.trafficPercent = trafficPercent;
    }

    public @Nullable Boolean getReady() {
        return ready;
    }

    public void setReady(@Nullable Boolean ready) {
        this.ready = ready;
    }

    public @Nullable String getVerdict() {
        return verdict;
    }

    public void setVerdict(@Nullable String verdict) {
        this.verdict = Texts.orNull(verdict);
    }
}
