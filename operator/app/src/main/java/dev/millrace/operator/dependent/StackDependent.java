package dev.millrace.operator.dependent;

import dev.millrace.api.v1alpha1.RealtimeModel;
import dev.millrace.operator.stack.Annotations;
import dev.millrace.operator.stack.Stack;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.dependent.GarbageCollected;
import io.javaoperatorsdk.operator.processing.dependent.CRUDKubernetesBulkDependentResource;
import io.javaoperatorsdk.operator.processing.dependent.kubernetes.KubernetesDependentResource;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * All objects of one kind of a stack. One informer per kind, and a feature that is off is an object that the stack does
 * not hold: java-operator-sdk deletes it. Owner references do the rest, so no finalizer is needed.
 */
public abstract class StackDependent<R extends HasMetadata> extends KubernetesDependentResource<R, RealtimeModel>
        implements CRUDKubernetesBulkDependentResource<R, RealtimeModel>, GarbageCollected<RealtimeModel> {

    /** Server-side selector of every informer: the caches hold our objects only. */
    protected static final String OURS = "app.kubernetes.io/managed-by=millrace";

    private final Class<R> type;

    protected StackDependent(Class<R> type) {
        super(type);
        this.type = type;
    }

    @Override
    public Map<ResourceID, R> desiredResources(RealtimeModel primary, Context<RealtimeModel> context) {
        return Stack.of(context).of(type);
    }

    /** Objects of an earlier RealtimeModel of the same name are the garbage collector's, not ours. */
    @Override
    public Map<ResourceID, R> getSecondaryResources(RealtimeModel primary, Context<RealtimeModel> context) {
        return context.getSecondaryResourcesAsStream(type)
                .filter(object -> isOwnedBy(object, primary))
                .collect(Collectors.toMap(ResourceID::fromResource, object -> object));
    }

    /**
     * java-operator-sdk creates with a resourceVersion that only matches what does not exist, so that a foreign object
     * of our name gives a conflict. The annotation is the person's word that it may be taken over.
     */
    @Override
    public R create(R desired, RealtimeModel primary, Context<RealtimeModel> context) {
        if (useSSA(context) && Annotations.adopts(primary)) {
            addReferenceHandlingMetadata(desired, primary);
            return context.resourceOperations()
                    .serverSideApply(desired, eventSource().orElse(null));
        }
        return super.create(desired, primary, context);
    }

    /** The version guards against deleting what has changed since we looked. */
    @Override
    public void deleteTargetResource(
            RealtimeModel primary, R resource, ResourceID key, Context<RealtimeModel> context) {
        context.getClient()
                .resource(resource)
                .lockResourceVersion(resource.getMetadata().getResourceVersion())
                .delete();
    }

    /** One way of applying for every kind: the SDK would PUT ConfigMaps, and overwrite what others keep in them. */
    @Override
    protected boolean useSSA(Context<RealtimeModel> context) {
        return context.getControllerConfiguration()
                .getConfigurationService()
                .ssaBasedCreateUpdateMatchForDependentResources();
    }

    /** True when the controlling owner is this very object. */
    public static boolean isOwnedBy(HasMetadata object, RealtimeModel primary) {
        return object.getMetadata().getOwnerReferences().stream()
                .anyMatch(owner ->
                        Objects.equals(owner.getUid(), primary.getMetadata().getUid()));
    }
}
