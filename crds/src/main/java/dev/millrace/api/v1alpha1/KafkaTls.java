package dev.millrace.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import org.jspecify.annotations.Nullable;

/** TLS to the brokers. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public class KafkaTls {

    @JsonPropertyDescription("Secret with ca.crt (PEM).")
    private @Nullable LocalRef caSecretRef;

    @JsonPropertyDescription("Secret with tls.crt and tls.key (PEM), for mutual TLS.")
    private @Nullable LocalRef clientSecretRef;

    public @Nullable LocalRef getCaSecretRef() {
        return caSecretRef;
    }

    public void setCaSecretRef(@Nullable LocalRef caSecretRef) {
        this.caSecretRef = caSecretRef;
    }

    public @Nullable LocalRef getClientSecretRef() {
        return clientSecretRef;
    }

    public void setClientSecretRef(@Nullable LocalRef clientSecretRef) {
        this.clientSecretRef = clientSecretRef;
    }
}
