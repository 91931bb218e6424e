package dev.millrace.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is answered when the model or its features cannot. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
        value =
                "has(self.order) && size(self.order) > 0 ? (!('Default' in self.order) || has(self.response)) : has(self.response)",
        message = "the fallback step Default needs fallback.response")
public class FallbackSpec {

    @JsonSetter(nulls = Nulls.SKIP)
    @JsonPropertyDescription("Reasons that lead to the fallback. Default: all.")
    @Size(max = 6)
    private List<FallbackReason> on = new ArrayList<>();

    @JsonSetter(nulls = Nulls.SKIP)
    @JsonPropertyDescription("What is tried, in order. Default: [Default].")
    @Size(max = 3)
    private List<FallbackStep> order = new ArrayList<>();

    @JsonPropertyDescription("The constant answer of the step Default.")
    private @Nullable FallbackResponse response;

    public List<FallbackReason> getOn() {
        return on;
    }

    public void setOn(List<FallbackReason> on) {
        this.on = on;
    }

    public List<FallbackStep> getOrder() {
        return order;
    }

    public void setOrder(List<FallbackStep> order) {
        this.order = order;
    }

    public @Nullable FallbackResponse getResponse() {
        return response;
    }

    public void setResponse(@Nullable FallbackResponse response) {
        this.response = response;
    }
}
