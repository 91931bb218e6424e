package dev.millrace.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The model servers. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public class ServerSpec {

    @JsonSetter(nulls = Nulls.SKIP)
    @JsonPropertyDescription("Resources of the server container (core/v1).")
    private ResourceRequirements resources = new ResourceRequirements();

    @JsonPropertyDescription("Inference threads per replica. Default: the CPU limit, rounded up.")
    @Min(1)
    @Max(128)
    private @Nullable Integer instances;

    @JsonSetter(nulls = Nulls.SKIP)
    @JsonPropertyDescription("Rows merged across requests.")
    private BatchingSpec batching = new BatchingSpec();

    @JsonSetter(nulls = Nulls.SKIP)
    @JsonPropertyDescription("ONNX Runtime execution providers in order. This release runs on CPU.")
    @Size(max = 1)
    private List<ExecutionProvider> executionProviders = new ArrayList<>();

    @JsonPropertyDescription("TLS of the REST and gRPC ports. Absent: plain text.")
    private @Nullable ServerTls tls;

    @JsonSetter(nulls = Nulls.SKIP)
    @JsonPropertyDescription("What may be added to the server pods.")
    private PodTemplate podTemplate = new PodTemplate();

    public ResourceRequirements getResources() {
        return resources;
    }

    public void setResources(ResourceRequirements resources) {
        this.resources = resources;
    }

    public @Nullable Integer getInstances() {
        return instances;
    }

    public void setInstances(@Nullable Integer instances) {
        this.instances = instances;
    }

    public BatchingSpec getBatching() {
        return batching;
    }

    public void setBatching(BatchingSpec batching) {
        this.batching = batching;
    }

    public List<ExecutionProvider> getExecutionProviders() {
        return executionProviders;
    }

    public void setExecutionProviders(List<ExecutionProvider> executionProviders) {
        this.executionProviders = executionProviders;
    }

    public PodTemplate getPodTemplate() {
        return podTemplate;
    }

    public void setPodTemplate(PodTemplate podTemplate) {
        this.podTemplate = podTemplate;
    }

    public @Nullable ServerTls getTls() {
        return tls;
    }

    public void setTls(@Nullable ServerTls tls) {
        this.tls = tls;
    }
}
