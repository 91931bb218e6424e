package dev.millrace.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import org.jspecify.annotations.Nullable;

/** State of a feature group. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public class FeatureGroupStatus {

    @JsonPropertyDescription("Name of the group.")
    @Size(max = 63)
    private @Nullable String group;

    @JsonPropertyDescription("Revision of its definition; part of the store key.")
    @Size(max = 16)
    private @Nullable String revision;

    @JsonPropertyDescription("Fresh, Stale, Missing or Unknown.")
    private @Nullable FeatureState state;

    @JsonPropertyDescription(
            "CamelCase reason: Rehydrating, AggregatorRecovering, BatchTooOld, DatabaseUnavailable, ….")
    @Size(max = 128)
    private @Nullable String reason;

    @JsonPropertyDescription("Coarse progress of a refill.")
    @Size(max = 128)
    private @Nullable String progress;

    public @Nullable String getGroup() {
        return group;
    }

    public void setGroup(@Nullable String group) {
        this.group = Texts.orNull(group);
    }

    public @Nullable String getRevision() {
        return revision;
    }

    public void setRevision(@Nullable String revision) {
        this.revision = Texts.orNull(revision);
    }

    public @Nullable FeatureState getState() {
        return state;
    }

    public void setState(@Nullable FeatureState state) {
        this.state = state;
    }

    public @Nullable String getReason() {
        return reason;
    }

    public void setReason(@Nullable String reason) {
        this.reason = Texts.orNull(reason);
    }

    public @Nullable String getProgress() {
        return progress;
    }

    public void setProgress(@Nullable String progress) {
        this.progress = Texts.orNull(progress);
    }
}
