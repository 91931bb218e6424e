package dev.millrace.operator;

import dev.millrace.api.v1alpha1.RealtimeModel;
import dev.millrace.operator.stack.Annotations;
import io.javaoperatorsdk.operator.processing.event.source.filter.OnUpdateFilter;
import java.util.Objects;

/**
 * What about a RealtimeModel is worth a reconciliation: a new generation, one of our annotations, a new object under an
 * old name. The SDK's own generation filter would not see {@code millrace.dev/reconcile}; without any filter each of our
 * status patches would trigger one more round.
 */
public class SpecOrAnnotationChanged implements OnUpdateFilter<RealtimeModel> {

    @Override
    public boolean accept(RealtimeModel now, RealtimeModel before) {
        return !Objects.equals(
                        now.getMetadata().getGeneration(), before.getMetadata().getGeneration())
                || !Objects.equals(
                        now.getMetadata().getUid(), before.getMetadata().getUid())
                || !Objects.equals(
                        now.getMetadata().getDeletionTimestamp(),
                        before.getMetadata().getDeletionTimestamp())
                || !Annotations.ours(now).equals(Annotations.ours(before));
    }
}
