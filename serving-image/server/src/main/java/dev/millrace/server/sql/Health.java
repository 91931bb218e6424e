package dev.millrace.server.sql;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How one group's database does, as its last queries tell; said in the log when it changes. Written by one event loop. */
final class Health {
    private static final Logger LOG = LoggerFactory.getLogger(Health.class);
    /** Between two lines of the log about entities that cannot be read. */
    private static final long TELL_NANOS = TimeUnit.MINUTES.toNanos(1);
    /** So many entities in a row that cannot be read are no exception any more. */
    private static final int ENTITIES = 3;

    private final String field;
    private volatile @Nullable Trouble ofAll;
    private volatile @Nullable Trouble ofEntities;
    private volatile boolean answered;
    private volatile long answeredNanos;
    private int entityFailures;
    private long toldNanos = System.nanoTime() - TELL_NANOS;

    Health(String group) {
        this.field = "features.groups[" + group + "].";
    }

    /** {@code ofEntity}: with an entity's row, or that it has none. */
    void answered(boolean ofEntity, long now) {
        if (ofEntity) {
            entityFailures = 0;
            ofEntities = null;
        }
        answeredNanos = now;
        answered = true;
    }

    /** The database did well, and yet this entity has no values. */
    void entityFailed(Failure failure, long now) {
        if (now - toldNanos >= TELL_NANOS) {
            toldNanos = now;
            LOG.warn("{}; this entity keeps what it has, or defaults", message(failure));
        }
        if (++entityFailures >= ENTITIES) {
            ofEntities = new Trouble(failure.reason(), message(failure));
        }
    }

    /** It is not asked for a while. */
    void down(Failure why) {
        Trouble now = new Trouble(why.reason(), message(why));
        Trouble before = ofAll;
        ofAll = now;
        if (before == null || !before.reason().equals(now.reason())) {
            LOG.warn("{}: {}; rows in memory are served, defaults for the others", now.reason(), now.message());
        }
    }

    void up() {
        ofAll = null;
        LOG.info("{}sql: the database answers again", field);
    }

    private String message(Failure failure) {
        return field + failure.field() + ": " + failure.text();
    }

    /** Null = all is well, as far as is known. */
    @Nullable
    Trouble trouble() {
        Trouble worse = ofAll;
        return worse == null ? ofEntities : worse;
    }

    /** Whether the query has been answered since the start. */
    boolean isKnown() {
        return answered;
    }

    /** Since the last answer, in ms; null = there was none. */
    @Nullable
    Long sinceAnswerMs(long now) {
        return answered ? Long.valueOf(TimeUnit.NANOSECONDS.toMillis(now - answeredNanos)) : null;
    }
}
