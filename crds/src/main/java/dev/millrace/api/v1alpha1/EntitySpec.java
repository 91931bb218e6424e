package dev.millrace.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.ArrayList;
import java.util.List;

/** Something that features belong to. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public class EntitySpec {

    @JsonSetter(nulls = Nulls.SKIP)
    @JsonPropertyDescription("Name of the entity.")
    @Required
    @Size(min = 1, max = 63)
    @Pattern("^[a-z][a-z0-9_]*$")
    private String name = "";

    @JsonSetter(nulls = Nulls.SKIP)
    @JsonPropertyDescription("Fields that identify it, in order.")
    @Required
    @Size(min = 1, max = 4)
    private List<EntityKeySpec> keys = new ArrayList<>();

    public String getName() {
        return name;
    }

    public void setName(String name) {
        this.name = name;
    }

    public List<EntityKeySpec> getKeys() {
        return keys;
    }

    public void setKeys(List<EntityKeySpec> keys) {
        this.keys = keys;
    }
}
