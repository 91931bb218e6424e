package dev.millrace.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import io.fabric8.generator.annotation.Required;

/** TLS of the REST and gRPC ports. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public class ServerTls {

    @JsonSetter(nulls = Nulls.SKIP)
    @JsonPropertyDescription("Secret of type kubernetes.io/tls: tls.crt and tls.key. Read again when it changes.")
    @Required
    private LocalRef secretRef = new LocalRef();

    public LocalRef getSecretRef() {
        return secretRef;
    }

    public void setSecretRef(LocalRef secretRef) {
        this.secretRef = secretRef;
    }
}
