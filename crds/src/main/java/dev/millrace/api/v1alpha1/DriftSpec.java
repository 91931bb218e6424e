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
import org.jspecify.annotations.Nullable;

/** Drift of the features against the training data (population stability index over 24 h and 1 h). */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public class DriftSpec {

    @JsonSetter(nulls = Nulls.SKIP)
    @JsonPropertyDescription(
            "Name of the file with the reference; it lies beside the model, in its ConfigMap or directory.")
    @Required
    @Size(min = 1, max = 1024)
    private String baseline = "";

    @JsonPropertyDescription("PSI above which drift is reported, as a string. Default \"0.2\".")
    @Size(max = 10)
    @Pattern("^[0-9]+(\\.[0-9]{1,4})?$")
    private @Nullable String threshold;

    @JsonPropertyDescription("How many entries of the vector are watched, from its start. Default 20.")
    @Min(1)
    @Max(100)
    private @Nullable Integer maxFeatures;

    public String getBaseline() {
        return baseline;
    }

    public void setBaseline(String baseline) {
        this.baseline = baseline;
    }

    public @Nullable String getThreshold() {
        return threshold;
    }

    public void setThreshold(@Nullable String threshold) {
        this.threshold = Texts.orNull(threshold);
    }

    public @Nullable Integer getMaxFeatures() {
        return maxFeatures;
    }

    public void setMaxFeatures(@Nullable Integer maxFeatures) {
        this.maxFeatures = maxFeatures;
    }
}
