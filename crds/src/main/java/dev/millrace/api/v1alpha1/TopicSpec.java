package dev.millrace.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

/** A Kafka topic. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public class TopicSpec {

    @JsonSetter(nulls = Nulls.SKIP)
    @JsonPropertyDescription("Topic.")
    @Required
    @Size(min = 1, max = 249)
    @Pattern("^[A-Za-z0-9._-]+$")
    private String topic = "";

    public String getTopic() {
        return topic;
    }

    public void setTopic(String topic) {
        this.topic = topic;
    }
}
