package dev.millrace.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

/** Share of requests answered within a threshold, measured in the server: first byte read to last byte written, network excluded. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public class LatencySlo {

    @JsonSetter(nulls = Nulls.SKIP)
    @JsonPropertyDescription("Share of requests, in per cent, as a string: \"99.9\".")
    @Required
    @Size(max = 8)
    @Pattern("^(100|[0-9]{1,2})(\\.[0-9]{1,4})?$")
    private String percentile = "";

    @JsonSetter(nulls = Nulls.SKIP)
    @JsonPropertyDescription("Duration, for example 50ms.")
    @Required
    @Size(max = 20)
    @Pattern("^([0-9]+(\\.[0-9]+)?(ms|s|m|h|d))+$")
    private String threshold = "";

    public String getPercentile() {
        return percentile;
    }

    public void setPercentile(String percentile) {
        this.percentile = percentile;
    }

    public String getThreshold() {
        return threshold;
    }

    public void setThreshold(String threshold) {
        this.threshold = threshold;
    }
}
