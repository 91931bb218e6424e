package dev.millrace.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import org.jspecify.annotations.Nullable;

/** A Kafka topic, keyed by the entity unless it is re-keyed. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public class StreamSpec {

    @JsonSetter(nulls = Nulls.SKIP)
    @JsonPropertyDescription("Topic.")
    @Required
    @Size(min = 1, max = 249)
    @Pattern("^[A-Za-z0-9._-]+$")
    private String topic = "";

    @JsonPropertyDescription(
            "json, cloudevents, avro or protobuf; the last two need kafka.schemaRegistry. Default json.")
    private @Nullable StreamFormat format;

    @JsonPropertyDescription(
            "Never: the topic is keyed by the entity. Auto: re-keyed through an internal topic, exactly-once, some 100 ms slower. Default Never.")
    private @Nullable Repartition repartition;

    @JsonSetter(nulls = Nulls.SKIP)
    @JsonPropertyDescription("When an event happened. Default: the record's own timestamp.")
    private EventTimeSpec eventTime = new EventTimeSpec();

    @JsonPropertyDescription("Events older than the stream time by more are counted and dropped. Default 10m.")
    @Size(max = 20)
    @Pattern("^([0-9]+(\\.[0-9]+)?(ms|s|m|h|d))+$")
    private @Nullable String allowedLateness;

    @JsonPropertyDescription(
            "CEL over the event's fields; an event for which it is false is skipped, an error sends it to the dead letter topic.")
    @Size(min = 1, max = 1024)
    private @Nullable String filter;

    @JsonPropertyDescription("Events that a producer sends twice count once. Absent: they count twice.")
    private @Nullable DedupSpec dedup;

    @JsonPropertyDescription("Where bad events go. Default <topic>.<model>.dlq.")
    @Size(max = 249)
    @Pattern("^[A-Za-z0-9._-]*$")
    private @Nullable String deadLetterTopic;

    public String getTopic() {
        return topic;
    }

    public void setTopic(String topic) {
        this.topic = topic;
    }

    public @Nullable StreamFormat getFormat() {
        return format;
    }

    public void setFormat(@Nullable StreamFormat format) {
        this.format = format;
    }

    public @Nullable Repartition getRepartition() {
        return repartition;
    }

    public void setRepartition(@Nullable Repartition repartition) {
        this.repartition = repartition;
    }

    public EventTimeSpec getEventTime() {
        return eventTime;
    }

    public void setEventTime(EventTimeSpec eventTime) {
        this.eventTime = eventTime;
    }

    public @Nullable String getAllowedLateness() {
        return allowedLateness;
    }

    public void setAllowedLateness(@Nullable String allowedLateness) {
        this.allowedLateness = Texts.orNull(allowedLateness);
    }

    public @Nullable String getFilter() {
        return filter;
    }

    public void setFilter(@Nullable String filter) {
        this.filter = Texts.orNull(filter);
    }

    public @Nullable DedupSpec getDedup() {
        return dedup;
    }

    public void setDedup(@Nullable DedupSpec dedup) {
        this.dedup = dedup;
    }

    public @Nullable String getDeadLetterTopic() {
        return deadLetterTopic;
    }

    public void setDeadLetterTopic(@Nullable String deadLetterTopic) {
        this.deadLetterTopic = Texts.orNull(deadLetterTopic);
    }
}
