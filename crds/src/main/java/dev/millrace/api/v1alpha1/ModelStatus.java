package dev.millrace.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import io.fabric8.generator.annotation.Size;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The model as the servers see it. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public class ModelStatus {

    @JsonPropertyDescription("Version that answers.")
    @Size(max = 63)
    private @Nullable String version;

    @JsonPropertyDescription("Digest of the file.")
    @Size(max = 71)
    private @Nullable String digest;

    @JsonPropertyDescription("Pending, Loading, Loaded or Failed.")
    private @Nullable ModelState state;

    @JsonSetter(nulls = Nulls.SKIP)
    @JsonPropertyDescription("Inputs as the file declares them.")
    @Size(max = 16)
    private List<TensorSpec> inputs = new ArrayList<>();

    @JsonSetter(nulls = Nulls.SKIP)
    @JsonPropertyDescription("Outputs as the file declares them.")
    @Size(max = 16)
    private List<TensorSpec> outputs = new ArrayList<>();

    @JsonPropertyDescription("Execution provider in use.")
    @Size(max = 63)
    private @Nullable String executionProvider;

    @JsonPropertyDescription("Why the model does not load; absent when it does.")
    private @Nullable ModelFailure lastFailure;

    public @Nullable String getVersion() {
        return version;
    }

    public void setVersion(@Nullable String version) {
        this.version = Texts.orNull(version);
    }

    public @Nullable String getDigest() {
        return digest;
    }

    public void setDigest(@Nullable String digest) {
        this.digest = Texts.orNull(digest);
    }

    public @Nullable ModelState getState() {
        return state;
    }

    public void setState(@Nullable ModelState state) {
        this.state = state;
    }

    public List<TensorSpec> getInputs() {
        return inputs;
    }

    public void setInputs(List<TensorSpec> inputs) {
        this.inputs = inputs;
    }

    public List<TensorSpec> getOutputs() {
        return outputs;
    }

    public void setOutputs(List<TensorSpec> outputs) {
        this.outputs = outputs;
    }

    public @Nullable String getExecutionProvider() {
        return executionProvider;
    }

    public void setExecutionProvider(@Nullable String executionProvider) {
        this.executionProvider = Texts.orNull(executionProvider);
    }

    public @Nullable ModelFailure getLastFailure() {
        return lastFailure;
    }

    public void setLastFailure(@Nullable ModelFailure lastFailure) {
        this.lastFailure = lastFailure;
    }
}
