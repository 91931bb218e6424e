package dev.millrace.operator.status;

import dev.millrace.api.v1alpha1.RealtimeModel;
import dev.millrace.operator.observe.Observation;
import dev.millrace.operator.stack.Stack;
import dev.millrace.plan.Finding;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a status is made of.
 *
 * @param model as the cache holds it, with the stored status; never changed
 * @param warnings of {@code SpecCheck}
 * @param failures of this reconciliation's applies
 * @param monitoringInstalled the cluster serves PodMonitor and PrometheusRule
 */
public record World(
        RealtimeModel model,
        Stack stack,
        List<Finding> warnings,
        List<Failure> failures,
        @Nullable Deployment server,
        @Nullable Deployment aggregator,
        @Nullable StatefulSet store,
        List<Job> jobs,
        @Nullable HorizontalPodAutoscaler autoscaler,
        Observation observation,
        boolean monitoringInstalled) {

    /** An apply that did not work: {@link Reason#NameConflict} or {@link Reason#ApplyFailed}. */
    public record Failure(Reason reason, String message) {}
}
