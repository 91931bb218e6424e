package dev.millrace.server;

import dev.millrace.server.features.StoreObserver;
import dev.millrace.server.metrics.StoreMetrics;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What all event loops together make of the store: counted, and said once when it begins and once when it is over. */
final class StoreWatch implements StoreObserver {
    static final String CLOSED = "closed";
    static final String OPEN = "open";
    static final String HALF_OPEN = "half_open";
    static final List<String> STATES = List.of(CLOSED, OPEN, HALF_OPEN);

    private static final Logger LOG = LoggerFactory.getLogger(StoreWatch.class);

    private final @Nullable String address;
    private final StoreMetrics metrics;
    /** Loops that are open or half open. */
    private final AtomicInteger notAsking = new AtomicInteger();

    private final AtomicInteger halfOpen = new AtomicInteger();

    /** {@code address}: null = no store. */
    StoreWatch(@Nullable String address, StoreMetrics metrics) {
        this.address = address;
        this.metrics = metrics;
    }

    @Override
    public void moved(String from, String to) {
        int before = notClosed(from);
        int after = notClosed(to);
        metrics.moved(to);
        halfOpen.addAndGet((to.equals(HALF_OPEN) ? 1 : 0) - (from.equals(HALF_OPEN) ? 1 : 0));
        int notAsked = notAsking.addAndGet(after - before);
        if (after > before && notAsked == 1) {
            LOG.warn(
                    "feature store {}: late or failing again and again; it is not asked until it answers in time, defaults or"
                            + " the fallback answer",
                    address);
        } else if (after < before && notAsked == 0) {
            LOG.info("feature store {}: answers in time again", address);
        }
    }

    private static int notClosed(String state) {
        return state.equals(CLOSED) ? 0 : 1;
    }

    @Override
    public void hedged(boolean won) {
        metrics.hedged(won);
    }

    /** By every event loop. */
    boolean isAsked() {
        return notAsking.get() == 0;
    }

    int open() {
        return Math.max(0, notAsking.get() - halfOpen.get());
    }

    int halfOpen() {
        return halfOpen.get();
    }
}
