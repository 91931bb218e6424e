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

/** Name, datatype and shape of a tensor. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public class TensorSpec {

    @JsonSetter(nulls = Nulls.SKIP)
    @JsonPropertyDescription("Name of the tensor.")
    @Required
    @Size(min = 1, max = 253)
    private String name = "";

    @JsonPropertyDescription("Datatype of the Open Inference Protocol.")
    @Required
    private @Nullable Datatype datatype;

    @JsonSetter(nulls = Nulls.SKIP)
    @JsonPropertyDescription("Shape; -1 is a dimension that may vary, the batch first.")
    @Size(max = 8)
    private List<Long> shape = new ArrayList<>();

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

    public List<Long> getShape() {
        return shape;
    }

    public void setShape(List<Long> shape) {
        this.shape = shape;
    }
}
