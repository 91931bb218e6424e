package dev.millrace.operator.observe;

import org.jspecify.annotations.Nullable;

/**
 * One pod.
 *
 * @param component label {@code app.kubernetes.io/component}
 * @param group label {@code millrace.dev/group} of a loader; empty otherwise
 * @param ready its Ready condition
 * @param terminating it has a deletion timestamp
 * @param problem why it does not run, as Kubernetes or its init container says; null = nothing known
 * @param server what a server says; null = not asked, or no answer
 * @param aggregator what an aggregator says; null = not asked, or no answer
 * @param life of a ready store: another one has other contents, that is none; null = not a store, or not ready
 */
public record PodView(
        String name,
        String component,
        String group,
        boolean ready,
        boolean terminating,
        @Nullable Problem problem,
        @Nullable ServerView server,
        @Nullable AggregatorView aggregator,
        @Nullable String life) {

    /** Any pod but a store's. */
    public PodView(
            String name,
            String component,
            String group,
            boolean ready,
            boolean terminating,
            @Nullable Problem problem,
            @Nullable ServerView server,
            @Nullable AggregatorView aggregator) {
        this(name, component, group, ready, terminating, problem, server, aggregator, null);
    }

    /**
     * Why a pod does not run.
     *
     * @param kind where it was seen
     * @param message the container's own last words, or Kubernetes' message
     */
    public record Problem(Kind kind, String message) {}

    /** Where a problem was seen. */
    public enum Kind {
        /** The model loader ended with an error. */
        Loader,
        /** A container ends again and again. */
        Crash,
        /** An image cannot be pulled. */
        Image,
        /** A container cannot be made: a Secret, ConfigMap or key is missing. */
        Config,
        /** No node takes the pod. */
        Scheduling
    }
}
