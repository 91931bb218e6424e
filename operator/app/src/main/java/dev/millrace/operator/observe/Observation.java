package dev.millrace.operator.observe;

import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the pods of one stack say. Compared by value: only a difference triggers a reconciliation.
 *
 * @param pods sorted by name
 * @param pooled what the servers together say of their requests
 * @param streams how much the aggregators together have to do
 */
public record Observation(List<PodView> pods, PooledView pooled, StreamLoad streams) {

    /** Before the first look. */
    public static final Observation NONE = new Observation(List.of());

    private static final String SERVER = "server";
    private static final String AGGREGATOR = "aggregator";
    private static final String STORE = "store";

    public Observation {
        pods = List.copyOf(pods);
    }

    /** Of pods that say nothing of what they have to do. */
    public Observation(List<PodView> pods) {
        this(pods, PooledView.NONE, StreamLoad.NONE);
    }

    public Stream<PodView> servers() {
        return of(SERVER);
    }

    public Stream<PodView> aggregators() {
        return of(AGGREGATOR);
    }

    /** Which life of the managed store serves; null = none does, or it is not ours. */
    public @Nullable String storeLife() {
        return of(STORE).map(PodView::life).filter(Objects::nonNull).findFirst().orElse(null);
    }

    /** Living pods of one component, by the label {@code app.kubernetes.io/component}. */
    public Stream<PodView> of(String component) {
        return pods.stream().filter(pod -> pod.component().equals(component) && !pod.terminating());
    }
}
