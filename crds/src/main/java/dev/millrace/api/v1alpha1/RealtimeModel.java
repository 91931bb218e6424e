package dev.millrace.api.v1alpha1;

import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Singular;
import io.fabric8.kubernetes.model.annotation.Version;

/** One model with its features, servers, alerts and promises. The spec is never null here; the status may be. */
@Group(RealtimeModel.GROUP)
@Version(RealtimeModel.VERSION)
@Kind("RealtimeModel")
@Singular("realtimemodel")
@Plural("realtimemodels")
@ShortNames("rtm")
@AdditionalPrinterColumn(name = "Ready", jsonPath = ".status.conditions[?(@.type==\"Ready\")].status")
@AdditionalPrinterColumn(name = "Reason", jsonPath = ".status.conditions[?(@.type==\"Ready\")].reason")
@AdditionalPrinterColumn(name = "Model", jsonPath = ".status.modelStatus.version")
@AdditionalPrinterColumn(
        name = "Replicas",
        jsonPath = ".status.replicas.ready",
        type = AdditionalPrinterColumn.Type.INTEGER)
@AdditionalPrinterColumn(name = "SLO", jsonPath = ".spec.slo.latency.threshold")
@AdditionalPrinterColumn(name = "Fresh", jsonPath = ".status.conditions[?(@.type==\"FeaturesFresh\")].status")
@AdditionalPrinterColumn(name = "URL", jsonPath = ".status.url")
@AdditionalPrinterColumn(
        name = "Age",
        jsonPath = ".metadata.creationTimestamp",
        type = AdditionalPrinterColumn.Type.DATE)
public class RealtimeModel extends CustomResource<RealtimeModelSpec, RealtimeModelStatus> implements Namespaced {

    /** API group. */
    public static final String GROUP = "millrace.dev";

    /** API version. */
    public static final String VERSION = "v1alpha1";

    /** Longest {@code metadata.name}: with suffixes it names other objects, a CronJob among them, which may have 52. */
    public static final int MAX_NAME_LENGTH = 40;

    /** A {@code metadata.name} names a Service: a DNS label that begins with a letter. */
    public static final String NAME_PATTERN = "^[a-z]([-a-z0-9]*[a-z0-9])?$";

    @Override
    protected RealtimeModelSpec initSpec() {
        return new RealtimeModelSpec();
    }
}
