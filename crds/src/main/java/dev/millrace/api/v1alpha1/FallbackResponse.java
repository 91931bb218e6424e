package dev.millrace.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import io.fabric8.generator.annotation.Size;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A constant answer; must fit the model's outputs. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public class FallbackResponse {

    @JsonPropertyDescription("Label of the answer.")
    @Size(min = 1, max = 253)
    private @Nullable String label;

    @JsonSetter(nulls = Nulls.SKIP)
    @JsonPropertyDescription("Values of the answer.")
    @Size(max = 16)
    private List<OutputValue> outputs = new ArrayList<>();

    public @Nullable String getLabel() {
        return label;
    }

    public void setLabel(@Nullable String label) {
        this.label = Texts.orNull(label);
    }

    public List<OutputValue> getOutputs() {
        return outputs;
    }

    public void setOutputs(List<OutputValue> outputs) {
        this.outputs = outputs;
    }
}
