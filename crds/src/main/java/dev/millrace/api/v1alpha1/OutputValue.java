package dev.millrace.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A constant output. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public class OutputValue {

    @JsonSetter(nulls = Nulls.SKIP)
    @JsonPropertyDescription("Name of the output.")
    @Required
    @Size(min = 1, max = 253)
    private String name = "";

    @JsonPropertyDescription("Datatype of the Open Inference Protocol.")
    @Required
    private @Nullable Datatype datatype;

    @JsonSetter(nulls = Nulls.SKIP)
    @JsonPropertyDescription("Values as strings, so that no precision is lost.")
    @Required
    @Size(min = 1, max = 256)
    private List<String> data = new ArrayList<>();

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

    public List<String> getData() {
        return data;
    }

    public void setData(List<String> data) {
        this.data = data;
    }
}
