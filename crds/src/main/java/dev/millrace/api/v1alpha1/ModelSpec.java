package dev.millrace.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The model file. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
        value = "has(self.digest) || (self.storageUri.startsWith('oci://') && self.storageUri.contains('@sha256:'))",
        message = "model.digest is required (sha256:<64 hex digits>), except with oci://…@sha256:…")
public class ModelSpec {

    @JsonSetter(nulls = Nulls.SKIP)
    @JsonPropertyDescription(
            "File or directory: configmap://name/key, pvc://claim/path, https://…, s3://…, gs://…, hf://…, oci://….")
    @Required
    @Size(min = 1, max = 1024)
    @Pattern("^(s3|gs|https|hf|pvc|oci|configmap)://[^ ]+$")
    private String storageUri = "";

    @JsonPropertyDescription(
            "sha256:<64 hex digits> of the file, checked before it becomes visible. Required, except where an oci:// address carries it.")
    @Size(max = 71)
    @Pattern("^sha256:[0-9a-f]{64}$")
    private @Nullable String digest;

    @JsonPropertyDescription("Shown in answers, metrics and logs. Default: the first 12 hex digits of the digest.")
    @Size(min = 1, max = 63)
    @Pattern("^[A-Za-z0-9][-A-Za-z0-9_.]*$")
    private @Nullable String version;

    @JsonSetter(nulls = Nulls.SKIP)
    @JsonPropertyDescription("Format of the file.")
    private ModelFormat modelFormat = new ModelFormat();

    @JsonPropertyDescription("How to reach the object store of storageUri.")
    private @Nullable ModelStorage storage;

    @JsonSetter(nulls = Nulls.SKIP)
    @JsonPropertyDescription(
            "Expected inputs. Optional: vector and signature are checked before anything runs when given, by the server at load otherwise.")
    @Size(max = 16)
    private List<TensorSpec> inputs = new ArrayList<>();

    @JsonSetter(nulls = Nulls.SKIP)
    @JsonPropertyDescription("Expected outputs. Optional, as inputs.")
    @Size(max = 16)
    private List<TensorSpec> outputs = new ArrayList<>();

    public String getStorageUri() {
        return storageUri;
    }

    public void setStorageUri(String storageUri) {
        this.storageUri = storageUri;
    }

    public @Nullable String getDigest() {
        return digest;
    }

    public void setDigest(@Nullable String digest) {
        this.digest = Texts.orNull(digest);
    }

    public @Nullable String getVersion() {
        return version;
    }

    public void setVersion(@Nullable String version) {
        this.version = Texts.orNull(version);
    }

    public ModelFormat getModelFormat() {
        return modelFormat;
    }

    public void setModelFormat(ModelFormat modelFormat) {
        this.modelFormat = modelFormat;
    }

    public @Nullable ModelStorage getStorage() {
        return storage;
    }

    public void setStorage(@Nullable ModelStorage storage) {
        this.storage = storage;
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
}
