package dev.millrace.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import org.jspecify.annotations.Nullable;

/** A schema registry with Confluent's interface. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public class SchemaRegistrySpec {

    @JsonSetter(nulls = Nulls.SKIP)
    @JsonPropertyDescription("http:// or https://, what stands before /schemas/ids.")
    @Required
    @Size(max = 512)
    @Pattern("^https?://[^ @]+$")
    private String url = "";

    @JsonPropertyDescription("Secret with username and password, and ca.crt (PEM) for an authority that is not public.")
    private @Nullable LocalRef secretRef;

    public String getUrl() {
        return url;
    }

    public void setUrl(String url) {
        this.url = url;
    }

    public @Nullable LocalRef getSecretRef() {
        return secretRef;
    }

    public void setSecretRef(@Nullable LocalRef secretRef) {
        this.secretRef = secretRef;
    }
}
