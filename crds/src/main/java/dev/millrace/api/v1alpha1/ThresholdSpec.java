package dev.millrace.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** output[index] above the bound gives labels[1], else labels[0]. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public class ThresholdSpec {

    @JsonSetter(nulls = Nulls.SKIP)
    @JsonPropertyDescription("Name of the output.")
    @Required
    @Size(min = 1, max = 253)
    private String output = "";

    @JsonPropertyDescription("Column of a [n,k] output. Default 0.")
    @Min(0)
    @Max(65535)
    private @Nullable Integer index;

    @JsonSetter(nulls = Nulls.SKIP)
    @JsonPropertyDescription("The bound, as a string: \"0.8\".")
    @Required
    @Size(max = 40)
    @Pattern("^-?[0-9]+(\\.[0-9]+)?([eE][-+]?[0-9]+)?$")
    private String above = "";

    @JsonSetter(nulls = Nulls.SKIP)
    @JsonPropertyDescription("Two labels: at or below the bound, above it.")
    @Required
    @Size(min = 2, max = 2)
    private List<String> labels = new ArrayList<>();

    public String getOutput() {
        return output;
    }

    public void setOutput(String output) {
        this.output = output;
    }

    public @Nullable Integer getIndex() {
        return index;
    }

    public void setIndex(@Nullable Integer index) {
        this.index = index;
    }

    public String getAbove() {
        return above;
    }

    public void setAbove(String above) {
        this.above = above;
    }

    public List<String> getLabels() {
        return labels;
    }

    public void setLabels(List<String> labels) {
        this.labels = labels;
    }
}
