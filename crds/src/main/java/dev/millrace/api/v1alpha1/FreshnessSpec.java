package dev.millrace.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import org.jspecify.annotations.Nullable;

/** How old a value may be. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public class FreshnessSpec {

    @JsonPropertyDescription(
            "Stream: how far the slowest partition may be behind its topic before its values are stale; onStale says what then.")
    @Size(max = 20)
    @Pattern("^([0-9]+(\\.[0-9]+)?(ms|s|m|h|d))+$")
    private @Nullable String maxLag;

    @JsonPropertyDescription(
            "Stream: p99 promised from append to readable, below 1m; the alert RealtimeModelFeaturePipelineSlow watches it, nothing enforces it.")
    @Size(max = 20)
    @Pattern("^([0-9]+(\\.[0-9]+)?(ms|s|m|h|d))+$")
    private @Nullable String pipeline;

    @JsonPropertyDescription(
            "Batch: age of the last complete load above which values are stale; sql: time since the row was read. onStale says what"
                    + " then.")
    @Size(max = 20)
    @Pattern("^([0-9]+(\\.[0-9]+)?(ms|s|m|h|d))+$")
    private @Nullable String maxAge;

    public @Nullable String getMaxLag() {
        return maxLag;
    }

    public void setMaxLag(@Nullable String maxLag) {
        this.maxLag = Texts.orNull(maxLag);
    }

    public @Nullable String getPipeline() {
        return pipeline;
    }

    public void setPipeline(@Nullable String pipeline) {
        this.pipeline = Texts.orNull(pipeline);
    }

    public @Nullable String getMaxAge() {
        return maxAge;
    }

    public void setMaxAge(@Nullable String maxAge) {
        this.maxAge = Texts.orNull(maxAge);
    }
}
