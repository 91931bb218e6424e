package dev.millrace.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import org.jspecify.annotations.Nullable;

/** A topic whose every record is scored; there is no caller. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public class StreamInferenceSpec {

    @JsonSetter(nulls = Nulls.SKIP)
    @JsonPropertyDescription(
            "Readings: JSON objects that hold the entity's keys and the request fields by their names. What cannot be scored goes to <topic>.<model>.dlq.")
    @Required
    private TopicSpec input = new TopicSpec();

    @JsonSetter(nulls = Nulls.SKIP)
    @JsonPropertyDescription("One result for each reading, keyed by the entity.")
    @Required
    private TopicSpec output = new TopicSpec();

    @JsonPropertyDescription(
            "CEL over label, score, outputs, entities and inputs; a result for which it is false is not written, an error sends the reading to the dead letter topic. Absent: all are written.")
    @Size(min = 1, max = 1024)
    private @Nullable String only;

    public TopicSpec getInput() {
        return input;
    }

    public void setInput(TopicSpec input) {
        this.input = input;
    }

    public TopicSpec getOutput() {
        return output;
    }

    public void setOutput(TopicSpec output) {
        this.output = output;
    }

    public @Nullable String getOnly() {
        return only;
    }

    public void setOnly(@Nullable String only) {
        this.only = Texts.orNull(only);
    }
}
