package dev.millrace.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import org.jspecify.annotations.Nullable;

/** Arguments of an aggregation function. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public class AggregationArgs {

    @JsonPropertyDescription("How many values: first_n, last_n.")
    @Min(1)
    @Max(32)
    private @Nullable Integer n;

    @JsonPropertyDescription("Logarithm of the sketch size: approx_count_distinct. Default 8.")
    @Min(4)
    @Max(12)
    private @Nullable Integer lgK;

    @JsonPropertyDescription("Quantile as a string, such as \"0.95\" for the 95th percentile: approx_percentile.")
    @Size(max = 10)
    @Pattern("^0\\.[0-9]{1,6}$")
    private @Nullable String q;

    @JsonPropertyDescription("Half-life in whole seconds, at least a thousandth of timeWindow: decayed_sum.")
    @Size(max = 20)
    @Pattern("^([0-9]+(\\.[0-9]+)?(ms|s|m|h|d))+$")
    private @Nullable String halfLife;

    public @Nullable Integer getN() {
        return n;
    }

    public void setN(@Nullable Integer n) {
        this.n = n;
    }

    public @Nullable Integer getLgK() {
        return lgK;
    }

    public void setLgK(@Nullable Integer lgK) {
        this.lgK = lgK;
    }

    public @Nullable String getQ() {
        return q;
    }

    public void setQ(@Nullable String q) {
        this.q = Texts.orNull(q);
    }

    public @Nullable String getHalfLife() {
        return halfLife;
    }

    public void setHalfLife(@Nullable String halfLife) {
        this.halfLife = Texts.orNull(halfLife);
    }
}
