package dev.millrace.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import org.jspecify.annotations.Nullable;

/** When an event happened. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public class EventTimeSpec {

    @JsonPropertyDescription("Field that holds the time. Absent: the record's own timestamp.")
    @Size(min = 1, max = 63)
    @Pattern("^[A-Za-z_][A-Za-z0-9_]*(\\.[A-Za-z_][A-Za-z0-9_]*)*$")
    private @Nullable String field;

    @JsonPropertyDescription("Unit of a numeric time. Default ms.")
    private @Nullable TimeUnitName unit;

    @JsonPropertyDescription("Events further in the future go to the dead letter topic. Default 5s.")
    @Size(max = 20)
    @Pattern("^([0-9]+(\\.[0-9]+)?(ms|s|m|h|d))+$")
    private @Nullable String maxFuture;

    public @Nullable String getField() {
        return field;
    }

    public void setField(@Nullable String field) {
        this.field = Texts.orNull(field);
    }

    public @Nullable TimeUnitName getUnit() {
        return unit;
    }

    public void setUnit(@Nullable TimeUnitName unit) {
        this.unit = unit;
    }

    public @Nullable String getMaxFuture() {
        return maxFuture;
    }

    public void setMaxFuture(@Nullable String maxFuture) {
        this.maxFuture = Texts.orNull(maxFuture);
    }
}
