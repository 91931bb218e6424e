package dev.millrace.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import io.fabric8.generator.annotation.Required;
import org.jspecify.annotations.Nullable;

/** SASL authentication. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public class KafkaAuthentication {

    @JsonPropertyDescription("SASL mechanism.")
    @Required
    private @Nullable SaslMechanism mechanism;

    @JsonSetter(nulls = Nulls.SKIP)
    @JsonPropertyDescription("Secret with the keys username and password.")
    @Required
    private LocalRef secretRef = new LocalRef();

    public @Nullable SaslMechanism getMechanism() {
        return mechanism;
    }

    public void setMechanism(@Nullable SaslMechanism mechanism) {
        this.mechanism = mechanism;
    }

    public LocalRef getSecretRef() {
        return secretRef;
    }

    public void setSecretRef(LocalRef secretRef) {
        this.secretRef = secretRef;
    }
}
