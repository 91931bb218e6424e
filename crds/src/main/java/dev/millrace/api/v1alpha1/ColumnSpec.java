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

/** One feature of a batch or sql group. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public class ColumnSpec {

    @JsonSetter(nulls = Nulls.SKIP)
    @JsonPropertyDescription("Name of the column and of the feature.")
    @Required
    @Size(min = 1, max = 63)
    @Pattern("^[A-Za-z_][A-Za-z0-9_]*$")
    private String name = "";

    @JsonPropertyDescription("Datatype of the Open Inference Protocol.")
    @Required
    private @Nullable Datatype datatype;

    @JsonProperty("default")
    @JsonPropertyDescription(
            "Value when the entity has none, as a string. Absent: the feature is required. An sql group needs it.")
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

    public @Nullable String getDefaultValue() {
        return defaultValue;
    }

    public void setDefaultValue(@Nullable String defaultValue) {
        this.defaultValue = Texts.orNull(defaultValue);
    }
}
