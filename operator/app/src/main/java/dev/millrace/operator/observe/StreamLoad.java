package dev.millrace.operator.observe;

import dev.millrace.contract.status.AggregatorStatus;
import dev.millrace.contract.status.AggregatorStatus.StreamGroup;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How much the aggregators have to do, in steps, so that it does not reconcile all the time.
 *
 * @param partitions of the widest topic; 0 = not known yet
 * @param lagPercent of the worst group, as a share of its {@code maxLag}: 0, 25, 50, 100, 200 or 400
 * @param busyPercent of the busiest, rounded up to tens; null = not known yet
 * @param settled all of them tell, all partitions are owned, and nothing is wrong that more of them would not cure
 */
public record StreamLoad(int partitions, int lagPercent, @Nullable Integer busyPercent, boolean settled) {

    /** Before the first look. */
    public static final StreamLoad NONE = new StreamLoad(0, 0, null, false);

    /** Where a group has no {@code maxLag}. */
    private static final long UNBOUNDED_LAG_MS = 10_000;

    private static final int[] STEPS = {400, 200, 100, 50, 25, 0};
    private static final String RUNNING = "Running";

    /**
     * @param told by the aggregators
     * @param complete every one of them has told, and is ready
     */
    static StreamLoad of(Collection<AggregatorStatus> told, boolean complete) {
        List<StreamGroup> groups =
                told.stream().flatMap(status -> status.groups().stream()).toList();
        if (groups.isEmpty()) {
            return NONE;
        }
        Map<String, Integer> assigned = new TreeMap<>();
        groups.forEach(g -> assigned.merge(g.group(), g.assigned(), Integer::sum));
        boolean settled = complete
                && told.stream().allMatch(status -> status.state().equals(RUNNING) && status.reason() == null)
                && groups.stream()
                        .allMatch(g -> assigned.getOrDefault(g.group(), 0) == g.partitions()
                                && (g.assigned() == 0 || g.lagMs() != null));
        long worst = groups.stream()
                .filter(g -> g.lagMs() != null)
                .mapToLong(g -> 100 * Objects.requireNonNull(g.lagMs()) / maxLagMs(g))
                .max()
                .orElse(0);
        int step = 0;
        while (worst < STEPS[step]) {
            step++;
        }
        return new StreamLoad(
                groups.stream().mapToInt(StreamGroup::partitions).max().orElse(0),
                STEPS[step],
                groups.stream()
                        .map(StreamGroup::busyPercent)
                        .filter(Objects::nonNull)
                        .max(Integer::compare)
                        .map(percent -> (percent + 9) / 10 * 10)
                        .orElse(null),
                settled);
    }

    private static long maxLagMs(StreamGroup group) {
        Long given = group.maxLagMs();
        return given == null || given <= 0 ? UNBOUNDED_LAG_MS : given;
    }
}
