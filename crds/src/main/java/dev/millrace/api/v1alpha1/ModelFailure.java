package dev.millrace.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import org.jspecify.annotations.Nullable;

/** Why a model does not load. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public class ModelFailure {

    @JsonPropertyDescription("CamelCase reason.")
    @Size(max = 128)
    private @Nullable String reason;

    @JsonPropertyDescription("What was wrong and what to do.")
    @Size(max = 4096)
    private @Nullable String message;

    @JsonPropertyDescription("Version that failed.")
    @Size(max = 63)
    private @Nullable String version;

    public @Nullable String getReason() {
        return reason;
    }

    public void setReason(@Nullable String reason) {
        this.reason = Texts.orNull(reason);
    }

    public @Nullable String getMessage() {
        return message;
    }

    public void setMessage(@Nullable String message) {
        this.message = Texts.orNull(message);
    }

    public @Nullable String getVersion() {
        return version;
    }

    public void setVersion(@Nullable String version) {
        this.version = Texts.orNull(version);
    }
}
