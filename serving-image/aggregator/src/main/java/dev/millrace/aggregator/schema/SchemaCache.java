package dev.millrace.aggregator.schema;

import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The schemas of one stream. An id never changes its meaning, so one that is known is never asked for again; one that is
 * not known yet is asked for until it is, on a thread of its own.
 */
public final class SchemaCache implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SchemaCache.class);

    private final SchemaRegistry registry;
    private final SchemaFormat format;
    private final Duration retry;
    private final ConcurrentMap<Integer, EventSchema> known = new ConcurrentHashMap<>();
    private final ConcurrentMap<Integer, String> wanted = new ConcurrentHashMap<>();
    private final ScheduledExecutorService fetcher = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "schemas");
        thread.setDaemon(true);
        return thread;
    });

    /** @param retry between two questions for an id that the registry does not have */
    public SchemaCache(SchemaRegistry registry, SchemaFormat format, Duration retry) {
        this.registry = registry;
        this.format = format;
        this.retry = retry;
    }

    /** Null while it is not known; then it is being asked for. Never blocks. */
    public @Nullable EventSchema get(int id) {
        EventSchema schema = known.get(id);
        if (schema == null && wanted.putIfAbsent(id, "being asked for") == null) {
            later(id, Duration.ZERO);
        }
        return schema;
    }

    /** Why the schema is not known, as it was when last asked. */
    public String trouble(int id) {
        return wanted.getOrDefault(id, "being asked for");
    }

    private void later(int id, Duration delay) {
        try {
            fetcher.schedule(() -> fetch(id), delay.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("schema {} is not asked for: the stream ends", id);
        }
    }

    private void fetch(int id) {
        try {
            // first known, then no longer wanted: between the two get() must not ask again
            known.put(id, format.compile(registry.fetch(id)));
            wanted.remove(id);
            LOG.info("schema {} is known", id);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (SchemaUnavailableException | RuntimeException e) {
            String message = String.valueOf(e.getMessage());
            if (!message.equals(wanted.put(id, message))) {
                LOG.warn("schema {}: {}", id, message);
            }
            later(id, retry);
        }
    }

    @Override
    public void close() {
        fetcher.shutdownNow();
    }
}
