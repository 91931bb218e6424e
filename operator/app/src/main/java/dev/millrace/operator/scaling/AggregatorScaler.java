package dev.millrace.operator.scaling;

import dev.millrace.operator.observe.StreamLoad;
import dev.millrace.operator.scaling.LagScaling.Bounds;
import dev.millrace.operator.scaling.LagScaling.State;
import dev.millrace.plan.AggregatorPlan;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Remembers of each stack since when its aggregators are behind or idle. Lost at a restart, after which the live number stands
 * until the waiting times have passed again.
 */
public final class AggregatorScaler {
    private static final Logger LOG = LoggerFactory.getLogger(AggregatorScaler.class);

    private final InstantSource clock;
    private final Map<String, State> states = new ConcurrentHashMap<>();

    public AggregatorScaler(InstantSource clock) {
        this.clock = clock;
    }

    /**
     * What should run, and when to ask again though nothing has changed.
     *
     * @param change why the number is another one than before; null = it is not
     * @param again null = no need
     */
    public record Answer(int replicas, @Nullable String change, @Nullable Duration again) {}

    /**
     * Null when their number is fixed.
     *
     * @param live how many the Deployment asks for; null = there is none yet
     * @param living uids of all RealtimeModels: what was remembered of others is forgotten
     */
    public @Nullable Answer answer(
            String uid,
            @Nullable AggregatorPlan plan,
            @Nullable Integer live,
            StreamLoad load,
            Supplier<? extends Set<String>> living) {
        if (plan == null || plan.maxReplicas() <= plan.minReplicas()) {
            states.remove(uid);
            return null;
        }
        State before = states.get(uid);
        if (before == null) {
            // nobody tells of a deletion, because there is no finalizer
            states.keySet().retainAll(living.get());
            // 0 is that of a stack that was suspended
            before = LagScaling.begin(live == null || live == 0 ? plan.minReplicas() : live, clock.instant());
        }
        State after =
                LagScaling.next(before, load, new Bounds(plan.minReplicas(), plan.maxReplicas()), clock.instant());
        states.put(uid, after);
        String change = after.replicas() == before.replicas() ? null : change(before, after, load);
        if (change != null) {
            LOG.info("aggregators of {}: {}", uid, change);
        }
        return new Answer(after.replicas(), change, LagScaling.wake(after, clock.instant()));
    }

    private static String change(State before, State after, StreamLoad load) {
        return after.replicas() + " instead of " + before.replicas() + ": lag is above " + load.lagPercent()
                + " % of maxLag, threads are busy for "
                + (load.busyPercent() == null ? "an unknown share" : load.busyPercent() + " %") + " of their time, "
                + load.partitions() + " partitions";
    }
}
