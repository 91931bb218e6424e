package dev.millrace.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** Where features are kept: exactly one of managed and external. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
        value = "has(self.managed) != has(self.external)",
        message = "features.store takes exactly one of managed and external")
public class StoreSpec {

    @JsonPropertyDescription("A Redis/Valkey that Millrace runs. A disposable cache: no persistence.")
    private @Nullable ManagedStore managed;

    @JsonPropertyDescription("A Redis/Valkey that somebody else runs.")
    private @Nullable ExternalStore external;

    public @Nullable ManagedStore getManaged() {
        return managed;
    }

    public void setManaged(@Nullable ManagedStore managed) {
        this.managed = managed;
    }

    public @Nullable ExternalStore getExternal() {
        return external;
    }

    public void setExternal(@Nullable ExternalStore external) {
        this.external = external;
    }
}
