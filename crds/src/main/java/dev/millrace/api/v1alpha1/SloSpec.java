package dev.millrace.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

/** Service level objectives. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public class SloSpec {

    @JsonSetter(nulls = Nulls.SKIP)
    @JsonPropertyDescription("How fast.")
    @Required
    private LatencySlo latency = new LatencySlo();

    @JsonSetter(nulls = Nulls.SKIP)
    @JsonPropertyDescription("Share of requests answered, in per cent, as a string: \"99.9\".")
    @Required
    @Size(max = 8)
    @Pattern("^(100|[0-9]{1,2})(\\.[0-9]{1,4})?$")
    private String availability = "";

    @JsonSetter(nulls = Nulls.SKIP)
    @JsonPropertyDescription("Share of the latency for each stage. What is absent is derived.")
    private LatencyBudget budget = new LatencyBudget();

    public LatencySlo getLatency() {
        return latency;
    }

    public void setLatency(LatencySlo latency) {
        this.latency = latency;
    }

    public String getAvailability() {
        return availability;
    }

    public void setAvailability(String availability) {
        this.availability = availability;
    }

    public LatencyBudget getBudget() {
        return budget;
    }

    public void setBudget(LatencyBudget budget) {
        this.budget = budget;
    }
}
