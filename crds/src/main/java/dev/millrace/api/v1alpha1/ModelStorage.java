package dev.millrace.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import org.jspecify.annotations.Nullable;

/** Access to an object store. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public class ModelStorage {

    @JsonPropertyDescription("Secret of this namespace with the credentials.")
    private @Nullable LocalRef secretRef;

    @JsonPropertyDescription("Endpoint, for stores that are not the public cloud's.")
    @Size(max = 512)
    @Pattern("^https?://[^ ]+$")
    private @Nullable String endpoint;

    @JsonPropertyDescription("Region of the bucket.")
    @Size(max = 63)
    @Pattern("^[a-z0-9-]+$")
    private @Nullable String region;

    public @Nullable LocalRef getSecretRef() {
        return secretRef;
    }

    public void setSecretRef(@Nullable LocalRef secretRef) {
        this.secretRef = secretRef;
    }

    public @Nullable String getEndpoint() {
        return endpoint;
    }

    public void setEndpoint(@Nullable String endpoint) {
        this.endpoint = Texts.orNull(endpoint);
    }

    public @Nullable String getRegion() {
        return region;
    }

    public void setRegion(@Nullable String region) {
        this.region = Texts.orNull(region);
    }
}
