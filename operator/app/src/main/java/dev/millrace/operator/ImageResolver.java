package dev.millrace.operator;

import dev.millrace.api.v1alpha1.RealtimeModel;
import dev.millrace.api.v1alpha1.RealtimeModelStatus;
import dev.millrace.api.v1alpha1.ResolvedImages;
import dev.millrace.plan.Images;
import java.util.List;
import java.util.Objects;

/**
 * Which images a stack runs. An operator upgrade must not roll every pod of a cluster: what was resolved once stands in
 * status, and holds until {@code spec.release} changes. {@code latest} is the word of those who want to follow.
 */
public final class ImageResolver {

    private static final String LATEST = "latest";

    private final Images current;

    /** @param current what this operator release ships with */
    public ImageResolver(Images current) {
        this.current = current;
    }

    Images resolve(RealtimeModel model) {
        RealtimeModelStatus status = model.getStatus();
        ResolvedImages stored = status == null ? null : status.getResolvedImages();
        String release = model.getSpec().getRelease();
        if (stored == null
                || LATEST.equals(release)
                || !Objects.equals(stored.getRelease(), release)
                || stored.getServer() == null
                || stored.getAggregator() == null
                || stored.getStore() == null) {
            return current;
        }
        return new Images(
                current.release(),
                stored.getServer(),
                stored.getAggregator(),
                // of a stack that is older than this image: it has never run it
                stored.getAggregatorRocksDb() == null ? current.aggregatorRocksDb() : stored.getAggregatorRocksDb(),
                stored.getStore(),
                command(stored.getStore()));
    }

    /** The command belongs to the image; of one that was configured earlier only the name is left. */
    private List<String> command(String store) {
        if (store.equals(current.store())) {
            return current.storeCommand();
        }
        return List.of(store.contains("valkey") ? "valkey-server" : "redis-server");
    }
}
