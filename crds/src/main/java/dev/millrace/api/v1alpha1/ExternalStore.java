package dev.millrace.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import org.jspecify.annotations.Nullable;

/** A store that somebody else runs. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
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

    @JsonPropertyDescription("How values are laid out: native. Default native.")
    private @Nullable StoreFormat format;

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
}
