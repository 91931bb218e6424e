package dev.millrace.operator;

import dev.millrace.api.v1alpha1.RealtimeModel;
import dev.millrace.operator.stack.Annotations;
import dev.millrace.operator.stack.Stack;
import dev.millrace.operator.status.Reason;
import dev.millrace.operator.status.World.Failure;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.StatusDetails;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What went wrong when the stack was applied, in words for status. */
final class ApplyFailures {

    private ApplyFailures() {}

    static List<Failure> of(Collection<Exception> errors, Stack stack, RealtimeModel model, KubernetesClient client) {
        List<Failure> failures = new ArrayList<>();
        for (Exception error : errors) {
            KubernetesClientException cause = cause(error);
            failures.add(
                    cause == null
                            ? new Failure(Reason.ApplyFailed, "the stack cannot be applied: " + error.getMessage())
                            : of(cause, stack, model, client));
        }
        return failures;
    }

    private static Failure of(
            KubernetesClientException error, Stack stack, RealtimeModel model, KubernetesClient client) {
        String message = error.getStatus() == null || error.getStatus().getMessage() == null
                ? String.valueOf(error.getMessage())
                : error.getStatus().getMessage();
        if (error.getCode() == HttpURLConnection.HTTP_CONFLICT) {
            Optional<HasMetadata> foreign = wanted(error, stack)
                    .map(object -> client.resource(object).get())
                    .filter(live -> isForeign(live, model));
            if (foreign.isPresent()) {
                HasMetadata live = foreign.get();
                return new Failure(
                        Reason.NameConflict,
                        live.getKind() + " " + live.getMetadata().getName()
                                + " exists and is not this RealtimeModel's: rename the RealtimeModel, delete that"
                                + " object, or annotate the RealtimeModel with " + Annotations.ADOPT
                                + "=true to take it over");
            }
        }
        return new Failure(Reason.ApplyFailed, message);
    }

    /** The object of ours that the API server speaks of: it names the resource by its plural. */
    private static Optional<HasMetadata> wanted(KubernetesClientException error, Stack stack) {
        StatusDetails details =
                error.getStatus() == null ? null : error.getStatus().getDetails();
        if (details == null) {
            return Optional.empty();
        }
        return stack.objects().stream()
                .filter(object -> object.getMetadata().getName().equals(details.getName()))
                .filter(object -> object.getKind().equals(details.getKind())
                        || HasMetadata.getPlural(object.getClass()).equals(details.getKind()))
                .findFirst();
    }

    /** An object that an earlier RealtimeModel of this name left is about to be collected: not foreign, only slow. */
    private static boolean isForeign(HasMetadata live, RealtimeModel model) {
        for (OwnerReference owner : live.getMetadata().getOwnerReferences()) {
            if (owner.getKind().equals(model.getKind())
                    && owner.getName().equals(model.getMetadata().getName())) {
                return false;
            }
        }
        return true;
    }

    private static @Nullable KubernetesClientException cause(Throwable error) {
        for (Throwable e = error; e != null; e = e.getCause()) {
            if (e instanceof KubernetesClientException client) {
                return client;
            }
        }
        return null;
    }
}
