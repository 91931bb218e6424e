package dev.millrace.operator.observe;

import dev.millrace.api.v1alpha1.RealtimeModel;
import io.javaoperatorsdk.operator.processing.event.Event;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.AbstractEventSource;
import io.javaoperatorsdk.operator.processing.event.source.Cache;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Polls every stack in a thread of its own and triggers a reconciliation when what it sees has changed. The SDK's
 * polling source would fetch inside the first reconciliation, and stops for good after one exception.
 */
public final class ObservationSource extends AbstractEventSource<Observation, RealtimeModel> {

    private static final Logger LOG = LoggerFactory.getLogger(ObservationSource.class);
    /** Stacks looked at at the same time. */
    private static final int THREADS = 4;

    private final Cache<RealtimeModel> models;
    private final Function<RealtimeModel, Observation> observer;
    private final Duration period;
    private final Map<ResourceID, Observation> last = new ConcurrentHashMap<>();
    private final Set<ResourceID> underWay = ConcurrentHashMap.newKeySet();
    private final ScheduledExecutorService threads = Executors.newScheduledThreadPool(THREADS, task -> {
        Thread thread = new Thread(task, "millrace-observe");
        thread.setDaemon(true);
        return thread;
    });

    /** @param period between two looks at a stack */
    public ObservationSource(
            Cache<RealtimeModel> models, Function<RealtimeModel, Observation> observer, Duration period) {
        super(Observation.class, "observation");
        this.models = models;
        this.observer = observer;
        this.period = period;
    }

    @Override
    public void start() {
        super.start();
        var unused = threads.scheduleWithFixedDelay(this::tick, 0, period.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void stop() {
        super.stop();
        threads.shutdownNow();
    }

    @Override
    public Set<Observation> getSecondaryResources(RealtimeModel primary) {
        return Set.of(last.getOrDefault(ResourceID.fromResource(primary), Observation.NONE));
    }

    private void tick() {
        try {
            Set<ResourceID> living = models.keys().collect(Collectors.toSet());
            last.keySet().retainAll(living);
            for (ResourceID id : living) {
                // a stack that is slow to answer is not asked twice at the same time
                if (underWay.add(id)) {
                    threads.execute(() -> look(id));
                }
            }
        } catch (RuntimeException e) {
            // a thrown exception would end the schedule
            LOG.warn("cannot list the stacks to look at", e);
        }
    }

    private void look(ResourceID id) {
        try {
            models.get(id).ifPresent(model -> {
                Observation now = observer.apply(model);
                if (!now.equals(last.put(id, now)) && isRunning()) {
                    getEventHandler().handleEvent(new Event(id));
                }
            });
        } catch (RuntimeException e) {
            if (isRunning()) {
                LOG.warn("cannot look at the pods of {}: {}", id, e.getMessage());
                LOG.debug("cannot look at the pods of {}", id, e);
            }
        } finally {
            underWay.remove(id);
        }
    }
}
