package dev.millrace.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import org.jspecify.annotations.Nullable;

/** Format of a model file. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public class ModelFormat {

    @JsonPropertyDescription("onnx. Default onnx.")
    private @Nullable ModelFormatName name;

    public @Nullable ModelFormatName getName() {
        return name;
    }

    public void setName(@Nullable ModelFormatName name) {
        this.name = name;
    }
}
