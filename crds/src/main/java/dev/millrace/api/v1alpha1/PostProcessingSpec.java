package dev.millrace.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** From outputs to an answer. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
        value = "!has(self.threshold) || !has(self.ranking)",
        message = "threshold gives a label, ranking an order: give one of them")
public class PostProcessingSpec {

    @JsonPropertyDescription("A label by comparing one output with a bound.")
    private @Nullable ThresholdSpec threshold;

    @JsonPropertyDescription("The order of a ranking model's candidates.")
    private @Nullable RankingSpec ranking;

    public @Nullable ThresholdSpec getThreshold() {
        return threshold;
    }

    public void setThreshold(@Nullable ThresholdSpec threshold) {
        this.threshold = threshold;
    }

    public @Nullable RankingSpec getRanking() {
        return ranking;
    }

    public void setRanking(@Nullable RankingSpec ranking) {
        this.ranking = ranking;
    }
}
