package dev.millrace.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The items that a ranking model scores for one user. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public class CandidatesSpec {

    @JsonSetter(nulls = Nulls.SKIP)
    @JsonPropertyDescription("One of features.entities: what is ranked.")
    @Required
    @Size(min = 1, max = 63)
    private String entity = "";

    @JsonPropertyDescription("Where a call's items come from: request. Default request.")
    private @Nullable CandidatesFrom from;

    @JsonPropertyDescription("Items of one call. Default 500.")
    @Min(1)
    @Max(500)
    private @Nullable Integer max;

    @JsonSetter(nulls = Nulls.SKIP)
    @JsonPropertyDescription(
            "The model's input for each item, in the order that it expects: a request field (the item's own, else the call's), or group.feature of the user or of the item.")
    @Required
    @Size(min = 1, max = 512)
    private List<String> vector = new ArrayList<>();

    public String getEntity() {
        return entity;
    }

    public void setEntity(String entity) {
        this.entity = entity;
    }

    public @Nullable CandidatesFrom getFrom() {
        return from;
    }

    public void setFrom(@Nullable CandidatesFrom from) {
        this.from = from;
    }

    public @Nullable Integer getMax() {
        return max;
    }

    public void setMax(@Nullable Integer max) {
        this.max = max;
    }

    public List<String> getVector() {
        return vector;
    }

    public void setVector(List<String> vector) {
        this.vector = vector;
    }
}
