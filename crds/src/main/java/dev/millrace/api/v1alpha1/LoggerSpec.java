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

/** Log of predictions. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public class LoggerSpec {

    @JsonSetter(nulls = Nulls.SKIP)
    @JsonPropertyDescription("Topic.")
    @Required
    @Size(min = 1, max = 249)
    @Pattern("^[A-Za-z0-9._-]+$")
    private String topic = "";

    @JsonPropertyDescription("Share of entities that are logged, by a hash of the entity key. Default 100.")
    @Min(0)
    @Max(100)
    private @Nullable Integer percent;

    @JsonPropertyDescription("all. Default all.")
    private @Nullable LoggerMode mode;

    public String getTopic() {
        return topic;
    }

    public void setTopic(String topic) {
        this.topic = topic;
    }

    public @Nullable Integer getPercent() {
        return percent;
    }

    public void setPercent(@Nullable Integer percent) {
        this.percent = percent;
    }

    public @Nullable LoggerMode getMode() {
        return mode;
    }

    public void setMode(@Nullable LoggerMode mode) {
        this.mode = mode;
    }
}
