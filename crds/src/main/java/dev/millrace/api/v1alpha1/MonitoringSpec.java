package dev.millrace.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import io.fabric8.generator.annotation.Size;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Alerts and drift. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public class MonitoringSpec {

    @JsonSetter(nulls = Nulls.SKIP)
    @JsonPropertyDescription(
            "Labels of PodMonitor and PrometheusRule, for example the release that your Prometheus selects.")
    @Size(max = 16)
    private Map<String, String> labels = new LinkedHashMap<>();

    @JsonPropertyDescription("Drift of the features against the training data.")
    private @Nullable DriftSpec drift;

    public Map<String, String> getLabels() {
        return labels;
    }

    public void setLabels(Map<String, String> labels) {
        this.labels = labels;
    }

    public @Nullable DriftSpec getDrift() {
        return drift;
    }

    public void setDrift(@Nullable DriftSpec drift) {
        this.drift = drift;
    }
}
