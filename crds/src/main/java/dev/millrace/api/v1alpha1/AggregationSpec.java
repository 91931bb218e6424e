package dev.millrace.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** One feature of a stream group. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
        value = "self.function in ['count', 'time_since_last'] || has(self.column)",
        message = "this aggregation function needs a column")
@ValidationRule(value = "self.function != 'count' || !has(self.column)", message = "count takes no column")
@ValidationRule(
        value =
                "self.function in ['first_n', 'last_n'] ? (has(self.args) && has(self.args.n)) : (!has(self.args) || !has(self.args.n))",
        message = "args.n belongs to first_n and last_n, and they need it")
@ValidationRule(
        value =
                "self.function == 'approx_percentile' ? (has(self.args) && has(self.args.q)) : (!has(self.args) || !has(self.args.q))",
        message = "args.q belongs to approx_percentile, and it needs it")
@ValidationRule(
        value =
                "self.function == 'decayed_sum' ? (has(self.args) && has(self.args.halfLife)) : (!has(self.args) || !has(self.args.halfLife))",
        message = "args.halfLife belongs to decayed_sum, and it needs it")
public class AggregationSpec {

    @JsonSetter(nulls = Nulls.SKIP)
    @JsonPropertyDescription("Name of the feature.")
    @Required
    @Size(min = 1, max = 63)
    @Pattern("^[a-z][a-z0-9_]*$")
    private String name = "";

    @JsonPropertyDescription("How events become a value.")
    @Required
    private @Nullable AggregationFunctionName function;

    @JsonPropertyDescription("Field of the event; not for count.")
    @Size(min = 1, max = 63)
    @Pattern("^[A-Za-z_][A-Za-z0-9_]*(\\.[A-Za-z_][A-Za-z0-9_]*)*$")
    private @Nullable String column;

    @JsonSetter(nulls = Nulls.SKIP)
    @JsonPropertyDescription("Window that ends now: 1m to 372d.")
    @Required
    @Size(max = 20)
    @Pattern("^([0-9]+(\\.[0-9]+)?(ms|s|m|h|d))+$")
    private String timeWindow = "";

    @JsonPropertyDescription("Arguments of the function.")
    private @Nullable AggregationArgs args;

    @JsonProperty("default")
    @JsonPropertyDescription("Value when the entity has none, as a string. Absent: the feature is required.")
    @Size(max = 40)
    private @Nullable String defaultValue;

    public String getName() {
        return name;
    }

    public void setName(String name) {
        this.name = name;
    }

    public @Nullable AggregationFunctionName getFunction() {
        return function;
    }

    public void setFunction(@Nullable AggregationFunctionName function) {
        this.function = function;
    }

    public @Nullable String getColumn() {
        return column;
    }

    public void setColumn(@Nullable String column) {
        this.column = Texts.orNull(column);
    }

    public String getTimeWindow() {
        return timeWindow;
    }

    public void setTimeWindow(String timeWindow) {
        this.timeWindow = timeWindow;
    }

    public @Nullable AggregationArgs getArgs() {
        return args;
    }

    public void setArgs(@Nullable AggregationArgs args) {
        this.args = args;
    }

    public @Nullable String getDefaultValue() {
        return defaultValue;
    }

    public void setDefaultValue(@Nullable String defaultValue) {
        this.defaultValue = Texts.orNull(defaultValue);
    }
}
