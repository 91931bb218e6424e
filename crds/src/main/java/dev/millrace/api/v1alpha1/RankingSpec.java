package dev.millrace.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The order of the candidates. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public class RankingSpec {

    @JsonPropertyDescription("Items of an answer. Default 10.")
    @Min(1)
    @Max(500)
    private @Nullable Integer topK;

    @JsonPropertyDescription("Output that holds an item's relevance. Default: the model's only floating point output.")
    @Size(max = 253)
    private @Nullable String output;

    @JsonPropertyDescription("Column of a [n,k] output. Default: the last.")
    @Min(0)
    @Max(65535)
    private @Nullable Integer index;

    @JsonPropertyDescription("Maximal marginal relevance. Absent: by relevance alone.")
    private @Nullable DiversitySpec diversity;

    @JsonSetter(nulls = Nulls.SKIP)
    @JsonPropertyDescription("Vector entries or request fields that must be true (not 0) for an item to be shown.")
    @Size(max = 16)
    private List<String> require = new ArrayList<>();

    public @Nullable Integer getTopK() {
        return topK;
    }

    public void setTopK(@Nullable Integer topK) {
        this.topK = topK;
    }

    public @Nullable String getOutput() {
        return output;
    }

    public void setOutput(@Nullable String output) {
        this.output = output;
    }

    public @Nullable Integer getIndex() {
        return index;
    }

    public void setIndex(@Nullable Integer index) {
        this.index = index;
    }

    public @Nullable DiversitySpec getDiversity() {
        return diversity;
    }

    public void setDiversity(@Nullable DiversitySpec diversity) {
        this.diversity = diversity;
    }

    public List<String> getRequire() {
        return require;
    }

    public void setRequire(List<String> require) {
        this.require = require;
    }
}
