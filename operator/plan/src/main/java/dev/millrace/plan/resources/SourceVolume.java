package dev.millrace.plan.resources;

import dev.millrace.plan.Source;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import org.jspecify.annotations.Nullable;

/** The ConfigMap or claim that a {@code storageUri} names, as a read-only volume. */
final class SourceVolume {
    private SourceVolume() {}

    /** Null when the source is not in the cluster. */
    static @Nullable Volume of(String name, Source source) {
        if (source instanceof Source.ConfigMapFile file) {
            return new VolumeBuilder()
                    .withName(name)
                    .withNewConfigMap()
                    .withName(file.configMap())
                    // a missing object must not leave the pod waiting without a word: the loader says which file it
                    // misses
                    .withOptional(true)
                    .endConfigMap()
                    .build();
        }
        if (source instanceof Source.ClaimFile file) {
            return new VolumeBuilder()
                    .withName(name)
                    .withNewPersistentVolumeClaim()
                    .withClaimName(file.claim())
                    .withReadOnly(true)
                    .endPersistentVolumeClaim()
                    .build();
        }
        return null;
    }
}
