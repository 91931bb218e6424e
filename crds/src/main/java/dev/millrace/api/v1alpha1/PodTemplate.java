package dev.millrace.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.fabric8.kubernetes.api.model.Toleration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Additions to a pod. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public class PodTemplate {

    @JsonSetter(nulls = Nulls.SKIP)
    @JsonPropertyDescription("Labels; those of Millrace win.")
    @Size(max = 32)
    private Map<String, String> labels = new LinkedHashMap<>();

    @JsonSetter(nulls = Nulls.SKIP)
    @JsonPropertyDescription("Annotations; those of Millrace win.")
    @Size(max = 32)
    private Map<String, String> annotations = new LinkedHashMap<>();

    @JsonSetter(nulls = Nulls.SKIP)
    @JsonPropertyDescription("Labels that a node must have.")
    @Size(max = 32)
    private Map<String, String> nodeSelector = new LinkedHashMap<>();

    @JsonSetter(nulls = Nulls.SKIP)
    @JsonPropertyDescription("Taints that the pod tolerates (core/v1).")
    @Size(max = 16)
    private List<Toleration> tolerations = new ArrayList<>();

    @JsonPropertyDescription("PriorityClass of the pods.")
    @Size(max = 253)
    @Pattern("^([a-z0-9]([-a-z0-9.]*[a-z0-9])?)?$")
    private @Nullable String priorityClassName;

    @JsonPropertyDescription("ServiceAccount of the pods. Default: one without a token, made by Millrace.")
    @Size(max = 253)
    @Pattern("^([a-z0-9]([-a-z0-9.]*[a-z0-9])?)?$")
    private @Nullable String serviceAccountName;

    @JsonPropertyDescription("RuntimeClass of the pods.")
    @Size(max = 253)
    @Pattern("^([a-z0-9]([-a-z0-9.]*[a-z0-9])?)?$")
    private @Nullable String runtimeClassName;

    public Map<String, String> getLabels() {
        return labels;
    }

    public void setLabels(Map<String, String> labels) {
        this.labels = labels;
    }

    public Map<String, String> getAnnotations() {
        return annotations;
    }

    public void setAnnotations(Map<String, String> annotations) {
        this.annotations = annotations;
    }

    public Map<String, String> getNodeSelector() {
        return nodeSelector;
    }

    public void setNodeSelector(Map<String, String> nodeSelector) {
        this.nodeSelector = nodeSelector;
    }

    public List<Toleration> getTolerations() {
        return tolerations;
    }

    public void setTolerations(List<Toleration> tolerations) {
        this.tolerations = tolerations;
    }

    public @Nullable String getPriorityClassName() {
        return priorityClassName;
    }

    public void setPriorityClassName(@Nullable String priorityClassName) {
        this.priorityClassName = Texts.orNull(priorityClassName);
    }

    public @Nullable String getServiceAccountName() {
        return serviceAccountName;
    }

    public void setServiceAccountName(@Nullable String serviceAccountName) {
        this.serviceAccountName = Texts.orNull(serviceAccountName);
    }

    public @Nullable String getRuntimeClassName() {
        return runtimeClassName;
    }

    public void setRuntimeClassName(@Nullable String runtimeClassName) {
        this.runtimeClassName = Texts.orNull(runtimeClassName);
    }
}
