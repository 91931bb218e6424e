package dev.millrace.operator.dependent;

import dev.millrace.api.v1alpha1.RealtimeModel;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.dependent.DependentResource;
import io.javaoperatorsdk.operator.processing.dependent.workflow.Condition;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * Whether the cluster serves an optional kind, asked by discovery and asked again after a minute. The SDK's own
 * condition stops asking after ten times and needs to read CRDs cluster-wide. The answer stays in the workflow context,
 * so that status can say why something is not there.
 */
public abstract class ApiInstalled<R extends HasMetadata> implements Condition<R, RealtimeModel> {

    private static final Duration TIME_TO_LIVE = Duration.ofSeconds(60);

    private final Class<R> type;
    private final InstantSource clock;
    private volatile Answer last = new Answer(false, Instant.MIN);

    protected ApiInstalled(Class<R> type) {
        this(type, InstantSource.system());
    }

    ApiInstalled(Class<R> type, InstantSource clock) {
        this.type = type;
        this.clock = clock;
    }

    @Override
    public boolean isMet(
            DependentResource<R, RealtimeModel> dependent, RealtimeModel primary, Context<RealtimeModel> context) {
        boolean installed = installed(context.getClient());
        context.managedWorkflowAndDependentResourceContext().put(key(type), installed);
        return installed;
    }

    boolean installed(KubernetesClient client) {
        Answer answer = last;
        Instant now = clock.instant();
        if (answer.at().isBefore(now.minus(TIME_TO_LIVE))) {
            answer = new Answer(client.supports(HasMetadata.getApiVersion(type), HasMetadata.getKind(type)), now);
            last = answer;
        }
        return answer.installed();
    }

    /** Whether this reconciliation found the kind served; false before the workflow has run. */
    public static boolean found(Context<RealtimeModel> context, Class<? extends HasMetadata> type) {
        return context.managedWorkflowAndDependentResourceContext()
                .get(key(type), Boolean.class)
                .orElse(false);
    }

    private static String key(Class<?> type) {
        return "millrace.installed." + type.getSimpleName();
    }

    private record Answer(boolean installed, Instant at) {}
}
