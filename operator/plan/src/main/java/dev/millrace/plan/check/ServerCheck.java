package dev.millrace.plan.check;

import dev.millrace.api.v1alpha1.PodTemplate;
import dev.millrace.api.v1alpha1.RealtimeModelSpec;
import dev.millrace.api.v1alpha1.ScalingSpec;
import dev.millrace.api.v1alpha1.ServerSpec;
import dev.millrace.plan.Durations;
import dev.millrace.plan.Finding.Reason;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** {@code spec.server} and {@code spec.scaling}. */
final class ServerCheck {
    private ServerCheck() {}

    static void check(RealtimeModelSpec spec, Findings findings) {
        ServerSpec server = spec.getServer();
        resources("spec.server.resources", server.getResources(), findings);
        String field = "spec.server.batching.maxQueueDelay";
        Duration delay = findings.duration(field, server.getBatching().getMaxQueueDelay());
        if (delay != null && !fits(delay, spec)) {
            findings.error(
                    field,
                    Reason.BudgetOverThreshold,
                    "a delay of " + Durations.format(delay) + " is not below slo.latency.threshold; lower it");
        }
        if (server.getTls() != null) {
            findings.required(
                    "spec.server.tls.secretRef.name",
                    server.getTls().getSecretRef().getName(),
                    "fraud-tls");
        }
        podTemplate(server.getPodTemplate(), findings);
        scaling(spec.getScaling(), findings);
    }

    private static boolean fits(Duration delay, RealtimeModelSpec spec) {
        try {
            return delay.compareTo(Durations.parse(spec.getSlo().getLatency().getThreshold())) < 0;
        } catch (IllegalArgumentException e) {
            return true; // the threshold has a finding of its own
        }
    }

    /** Quantities that parse, and limits that are not below their requests. */
    static void resources(String field, ResourceRequirements resources, Findings findings) {
        Map<String, BigDecimal> requests = quantities(field + ".requests", resources.getRequests(), findings);
        Map<String, BigDecimal> limits = quantities(field + ".limits", resources.getLimits(), findings);
        requests.forEach((name, request) -> {
            BigDecimal limit = limits.get(name);
            if (limit != null && limit.compareTo(request) < 0) {
                findings.error(
                        field + ".limits." + name, Reason.InvalidQuantity, "must not be less than the request of it");
            }
        });
        if (resources.getClaims() != null && !resources.getClaims().isEmpty()) {
            findings.error(field + ".claims", Reason.NotSupported, "are not supported by this release; remove them");
        }
    }

    private static Map<String, BigDecimal> quantities(
            String field, @Nullable Map<String, Quantity> given, Findings findings) {
        Map<String, BigDecimal> result = new TreeMap<>();
        if (given != null) {
            new TreeMap<>(given).forEach((name, quantity) -> {
                BigDecimal number = findings.quantity(field + "." + name, quantity);
                if (number != null) {
                    result.put(name, number);
                }
            });
        }
        return result;
    }

    /** Millrace's own labels select pods: a foreign value would take the pod out of its Service, or into another's. */
    private static void podTemplate(PodTemplate template, Findings findings) {
        for (String label : new TreeMap<>(template.getLabels()).keySet()) {
            if (label.startsWith("app.kubernetes.io/") || label.startsWith("millrace.dev/")) {
                findings.error(
                        "spec.server.podTemplate.labels[" + label + "]",
                        Reason.InvalidValue,
                        "is set by Millrace; choose a label outside app.kubernetes.io/ and millrace.dev/");
            }
        }
    }

    private static void scaling(ScalingSpec scaling, Findings findings) {
        int min = scaling.getMinReplicas() == null ? 1 : scaling.getMinReplicas();
        int max = scaling.getMaxReplicas() == null ? min : scaling.getMaxReplicas();
        if (min < 1) {
            findings.error(
                    "spec.scaling.minReplicas", Reason.ReplicasInvalid, "must be at least 1; use suspend for none");
        } else if (max < min) {
            findings.error(
                    "spec.scaling.maxReplicas",
                    Reason.ReplicasInvalid,
                    max + " is less than minReplicas, " + min + "; raise it");
        } else if (min == 1) {
            findings.warning(
                    "spec.scaling.minReplicas",
                    Reason.SingleReplica,
                    "one server: predictions stop while it is replaced; set 2");
        }
        Double burst = findings.number("spec.scaling.burstFactor", scaling.getBurstFactor(), Reason.InvalidValue);
        if (burst != null && !(burst >= 1 && burst <= 10)) {
            findings.error("spec.scaling.burstFactor", Reason.InvalidValue, "must be from 1 to 10, like \"1.25\"");
        }
        if (scaling.getTargetInFlight() != null) {
            findings.error(
                    "spec.scaling.targetInFlight",
                    Reason.NotSupported,
                    "is not supported by this release, whose autoscaler holds CPU utilisation; remove it and use"
                            + " burstFactor for more head room");
        }
    }
}
