package dev.millrace.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A feature view of Feast's. Its project is the store's. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public class FeastSpec {

    @JsonPropertyDescription(
            "Name of the feature view, with _v<n> where Feast keeps versions of it. Default: the group's name.")
    @Size(min = 1, max = 128)
    @Pattern("^[A-Za-z0-9_][A-Za-z0-9_-]*$")
    private @Nullable String view;

    @JsonSetter(nulls = Nulls.SKIP)
    @JsonPropertyDescription("Feast's join keys, in the order of the entity's keys. Default: the keys' names.")
    @Size(max = 4)
    private List<String> joinKeys = new ArrayList<>();

    public @Nullable String getView() {
        return view;
    }

    public void setView(@Nullable String view) {
        this.view = view;
    }

    public List<String> getJoinKeys() {
        return joinKeys;
    }

    public void setJoinKeys(List<String> joinKeys) {
        this.joinKeys = joinKeys;
    }
}
