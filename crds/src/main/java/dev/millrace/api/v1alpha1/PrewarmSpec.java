package dev.millrace.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import org.jspecify.annotations.Nullable;

/** A topic of predict calls whose answers are made in advance. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public class PrewarmSpec {

    @JsonSetter(nulls = Nulls.SKIP)
    @JsonPropertyDescription(
            "Kafka topic. The value of each record is the body of a predict call; its key, the entity, lets compaction keep the newest.")
    @Required
    @Size(min = 1, max = 249)
    @Pattern("^[a-zA-Z0-9._-]+$")
    private String topic = "";

    @JsonPropertyDescription("The newest calls that are kept and answered. Default 1000.")
    @Min(1)
    @Max(100000)
    private @Nullable Integer max;

    public String getTopic() {
        return topic;
    }

    public void setTopic(String topic) {
        this.topic = topic;
    }

    public @Nullable Integer getMax() {
        return max;
    }

    public void setMax(@Nullable Integer max) {
        this.max = max;
    }
}
