package dev.millrace.operator;

import dev.millrace.contract.status.ServerStatus.Calibration;
import dev.millrace.operator.observe.Observation;
import dev.millrace.operator.observe.PodView;
import dev.millrace.operator.observe.ServerView;
import java.util.Comparator;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the servers measured, held still: each pod measures a little differently, and the plan (and with it an HPA) must
 * not move with whichever pod answers first. The quickest pod counts, because a busy node only ever adds time. Lost at a
 * restart, which costs one more look.
 */
final class Calibrations {

    /** A measurement this much off replaces the earlier one. */
    private static final double TOLERANCE = 0.25;

    private final Map<String, Held> held = new ConcurrentHashMap<>();

    /**
     * The calibration to plan with; null = nothing measured for this digest yet.
     *
     * @param living uids of all RealtimeModels: what was held for others is forgotten
     */
    @Nullable
    Calibration of(
            String uid, @Nullable String digest, Observation observation, Supplier<? extends Set<String>> living) {
        Calibration measured = observation
                .servers()
                .filter(PodView::ready)
                .map(PodView::server)
                .filter(Objects::nonNull)
                .filter(view -> Objects.equals(view.digest(), digest))
                .map(ServerView::calibration)
                .filter(Objects::nonNull)
                .min(Comparator.comparingDouble(c -> c.overheadMs() + c.serviceMs()))
                .orElse(null);
        Held earlier = held.get(uid);
        if (earlier != null && !Objects.equals(earlier.digest(), digest)) {
            earlier = null;
        }
        if (measured == null || (earlier != null && near(earlier.calibration(), measured))) {
            return earlier == null ? null : earlier.calibration();
        }
        if (held.put(uid, new Held(digest, measured)) == null) {
            // one more: nobody tells of a deletion, because there is no finalizer
            Set<String> remaining = living.get();
            held.keySet().removeIf(other -> !other.equals(uid) && !remaining.contains(other));
        }
        return measured;
    }

    private static boolean near(Calibration a, Calibration b) {
        return near(a.serviceMs(), b.serviceMs())
                && near(a.serviceCv(), b.serviceCv())
                && near(a.overheadMs(), b.overheadMs());
    }

    private static boolean near(double a, double b) {
        return Math.abs(a - b) <= TOLERANCE * Math.max(Math.abs(a), Math.abs(b));
    }

    private record Held(@Nullable String digest, Calibration calibration) {}
}
