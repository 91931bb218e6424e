package dev.millrace.plan;

import io.fabric8.kubernetes.api.model.Quantity;
import org.jspecify.annotations.Nullable;

/** The online store: ours, or one that exists already. */
public sealed interface StorePlan {
    /**
     * @param maxMemoryBytes for values: {@code managed.memory}
     * @param limit of the container: the values are 75 % of it, the rest is for buffers and fragmentation
     */
    record Managed(long maxMemoryBytes, Quantity limit) implements StorePlan {}

    /**
     * @param secret holds {@code password} (and {@code username})
     * @param caSecret holds {@code ca.crt}
     */
    record External(String address, @Nullable String secret, @Nullable String caSecret) implements StorePlan {}
}
