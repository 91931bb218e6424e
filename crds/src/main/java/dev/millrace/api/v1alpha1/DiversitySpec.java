package dev.millrace.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

/** Maximal marginal relevance: an item counts less when one of its kind stands above it. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public class DiversitySpec {

    @JsonSetter(nulls = Nulls.SKIP)
    @JsonPropertyDescription(
            "Vector entry or request field that tells the kinds apart, for example a category's number.")
    @Required
    @Size(min = 1, max = 130)
    private String by = "";

    @JsonSetter(nulls = Nulls.SKIP)
    @JsonPropertyDescription(
            "Weight of relevance against novelty, from \"0\" (only other kinds) to \"1\" (only relevance).")
    @Required
    @Size(max = 40)
    @Pattern("^(0(\\.[0-9]+)?|1(\\.0+)?)$")
    private String lambda = "";

    public String getBy() {
        return by;
    }

    public void setBy(String by) {
        this.by = by;
    }

    public String getLambda() {
        return lambda;
    }

    public void setLambda(String lambda) {
        this.lambda = lambda;
    }
}
