package dev.millrace.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** A store that somebody else runs. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
        value = "(has(self.format) && self.format == 'feast-v3') == has(self.project)",
        message = "store.external.project is Feast's project: give it with format feast-v3, and only then")
@ValidationRule(
        value = "!has(self.keyTtl) || has(self.project)",
        message = "store.external.keyTtl belongs to format feast-v3")
public class ExternalStore {

    @JsonSetter(nulls = Nulls.SKIP)
    @JsonPropertyDescription("redis://host:port or rediss://host:port.")
    @Required
    @Size(max = 512)
    @Pattern("^rediss?://[^ ]+$")
    private String address = "";

    @JsonPropertyDescription("Secret with password, and username where the store has users.")
    private @Nullable LocalRef secretRef;

    @JsonPropertyDescription("Secret with ca.crt (PEM), for rediss.")
    private @Nullable LocalRef caSecretRef;

    @JsonPropertyDescription(
            "How values are laid out: native, or feast-v3 for a Redis store of Feast's (Python, entity_key_serialization_version"
                    + " 3). Default native.")
    private @Nullable StoreFormat format;

    @JsonPropertyDescription("Of format feast-v3, and required by it: Feast's project.")
    @Size(min = 1, max = 128)
    @Pattern("^[A-Za-z0-9_][A-Za-z0-9_-]*$")
    private @Nullable String project;

    @JsonPropertyDescription(
            "Of format feast-v3: how long an entity's hash lives after a write of ours at least, like Feast's key_ttl_seconds."
                    + " It holds the views of Feast too, so without it none is set.")
    @Size(max = 20)
    @Pattern("^([0-9]+(\\.[0-9]+)?(ms|s|m|h|d))+$")
    private @Nullable String keyTtl;

    public String getAddress() {
        return address;
    }

    public void setAddress(String address) {
        this.address = address;
    }

    public @Nullable LocalRef getSecretRef() {
        return secretRef;
    }

    public void setSecretRef(@Nullable LocalRef secretRef) {
        this.secretRef = secretRef;
    }

    public @Nullable LocalRef getCaSecretRef() {
        return caSecretRef;
    }

    public void setCaSecretRef(@Nullable LocalRef caSecretRef) {
        this.caSecretRef = caSecretRef;
    }

    public @Nullable StoreFormat getFormat() {
        return format;
    }

    public void setFormat(@Nullable StoreFormat format) {
        this.format = format;
    }

    public @Nullable String getProject() {
        return project;
    }

    public void setProject(@Nullable String project) {
        this.project = project;
    }

    public @Nullable String getKeyTtl() {
        return keyTtl;
    }

    public void setKeyTtl(@Nullable String keyTtl) {
        this.keyTtl = keyTtl;
    }
}
