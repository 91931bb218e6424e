package dev.millrace.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.kubernetes.api.model.Quantity;
import org.jspecify.annotations.Nullable;

/** A store that Millrace runs. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public class ManagedStore {

    @JsonPropertyDescription("Memory for values (maxmemory). Default 256Mi.")
    private @Nullable Quantity memory;

    @JsonPropertyDescription("Instances. This release runs one.")
    @Min(1)
    @Max(1)
    private @Nullable Integer replicas;

    public @Nullable Quantity getMemory() {
        return memory;
    }

    public void setMemory(@Nullable Quantity memory) {
        this.memory = memory;
    }

    public @Nullable Integer getReplicas() {
        return replicas;
    }

    public void setReplicas(@Nullable Integer replicas) {
        this.replicas = replicas;
    }
}
