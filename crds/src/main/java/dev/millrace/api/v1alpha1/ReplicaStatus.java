package dev.millrace.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import org.jspecify.annotations.Nullable;

/** Model servers. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public class ReplicaStatus {

    @JsonPropertyDescription("Replicas that the Deployment asks for.")
    private @Nullable Integer desired;

    @JsonPropertyDescription("Replicas that answer.")
    private @Nullable Integer ready;

    public @Nullable Integer getDesired() {
        return desired;
    }

    public void setDesired(@Nullable Integer desired) {
        this.desired = desired;
    }

    public @Nullable Integer getReady() {
        return ready;
    }

    public void setReady(@Nullable Integer ready) {
        this.ready = ready;
    }
}
