package dev.millrace.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import org.jspecify.annotations.Nullable;

/** A field that the caller sends. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public class RequestFieldSpec {

    @JsonSetter(nulls = Nulls.SKIP)
    @JsonPropertyDescription("Name of the field in inputs.")
    @Required
    @Size(min = 1, max = 63)
    @Pattern("^[A-Za-z_][A-Za-z0-9_]*$")
    private String name = "";

    @JsonPropertyDescription("Datatype of the Open Inference Protocol.")
    @Required
    private @Nullable Datatype datatype;

    @JsonPropertyDescription("A call without it is answered with 400. Default false.")
    private @Nullable Boolean required;

    @JsonProperty("default")
    @JsonPropertyDescription("Value when it is absent, as a string.")
    @Size(max = 40)
    private @Nullable String defaultValue;

    public String getName() {
        return name;
    }

    public void setName(String name) {
        this.name = name;
    }

    public @Nullable Datatype getDatatype() {
        return datatype;
    }

    public void setDatatype(@Nullable Datatype datatype) {
        this.datatype = datatype;
    }

    public @Nullable Boolean getRequired() {
        return required;
    }

    public void setRequired(@Nullable Boolean required) {
        this.required = required;
    }

    public @Nullable String getDefaultValue() {
        return defaultValue;
    }

    public void setDefaultValue(@Nullable String defaultValue) {
        this.defaultValue = Texts.orNull(defaultValue);
    }
}
