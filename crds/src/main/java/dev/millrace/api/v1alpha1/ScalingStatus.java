package dev.millrace.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import org.jspecify.annotations.Nullable;

/** The autoscaler in use. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public class ScalingStatus {

    @JsonPropertyDescription("CPU, or None with a fixed number of replicas.")
    @Size(max = 63)
    private @Nullable String backend;

    public @Nullable String getBackend() {
        return backend;
    }

    public void setBackend(@Nullable String backend) {
        this.backend = Texts.orNull(backend);
    }
}
