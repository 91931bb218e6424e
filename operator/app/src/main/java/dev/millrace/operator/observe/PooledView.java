package dev.millrace.operator.observe;

import dev.millrace.contract.status.ServerStatus;
import dev.millrace.contract.status.ServerStatus.Drift;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the servers together say of the requests that they had. Only the variant {@code stable} counts, as in the alerts.
 *
 * @param complete every ready server has told; while one has not, nothing is better than it was
 * @param driftProblem why a server does not count for drift; null = none says that it does not
 */
public record PooledView(
        boolean complete, List<SloView> objectives, List<DriftView> features, @Nullable String driftProblem) {

    /** Before the first look. */
    public static final PooledView NONE = new PooledView(false, List.of(), List.of(), null);

    private static final String STABLE = "stable";

    /**
     * @param told in the order of the pods
     * @param complete every ready server has told
     */
    static PooledView of(Collection<ServerStatus> told, boolean complete) {
        List<ServerStatus> stable = told.stream()
                .filter(s -> s.variant() == null || s.variant().equals(STABLE))
                .toList();
        return new PooledView(
                complete,
                SloView.of(stable.stream().flatMap(s -> s.sli().stream()).toList()),
                DriftView.of(stable),
                stable.stream()
                        .map(ServerStatus::drift)
                        .filter(Objects::nonNull)
                        .map(Drift::problem)
                        .filter(Objects::nonNull)
                        .findFirst()
                        .orElse(null));
    }
}
