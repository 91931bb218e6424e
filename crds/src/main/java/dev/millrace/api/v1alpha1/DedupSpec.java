package dev.millrace.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import org.jspecify.annotations.Nullable;

/** How events that a producer sends twice are known. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public class DedupSpec {

    @JsonSetter(nulls = Nulls.SKIP)
    @JsonPropertyDescription(
            "Field with the event's id, a string or a number, unique for its entity. ce_id: together with ce_source.")
    @Required
    @Size(min = 1, max = 63)
    @Pattern("^[A-Za-z_][A-Za-z0-9_]*(\\.[A-Za-z_][A-Za-z0-9_]*)*$")
    private String field = "";

    @JsonPropertyDescription(
            "How long an id is known, by event time; of the newest 1024 events of an entity. Default 10m, at most 24h.")
    @Size(max = 20)
    @Pattern("^([0-9]+(\\.[0-9]+)?(ms|s|m|h|d))+$")
    private @Nullable String window;

    public String getField() {
        return field;
    }

    public void setField(String field) {
        this.field = field;
    }

    public @Nullable String getWindow() {
        return window;
    }

    public void setWindow(@Nullable String window) {
        this.window = Texts.orNull(window);
    }
}
