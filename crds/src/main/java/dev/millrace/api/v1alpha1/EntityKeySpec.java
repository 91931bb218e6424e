package dev.millrace.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import org.jspecify.annotations.Nullable;

/** One field of an entity's key. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public class EntityKeySpec {

    @JsonSetter(nulls = Nulls.SKIP)
    @JsonPropertyDescription("Name of the field, in events, in batch files and in predict calls.")
    @Required
    @Size(min = 1, max = 63)
    @Pattern("^[A-Za-z_][A-Za-z0-9_]*$")
    private String name = "";

    @JsonPropertyDescription("Type of the field.")
    @Required
    private @Nullable KeyType type;

    public String getName() {
        return name;
    }

    public void setName(String name) {
        this.name = name;
    }

    public @Nullable KeyType getType() {
        return type;
    }

    public void setType(@Nullable KeyType type) {
        this.type = type;
    }
}
