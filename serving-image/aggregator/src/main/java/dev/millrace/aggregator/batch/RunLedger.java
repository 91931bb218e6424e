package dev.millrace.aggregator.batch;

import dev.millrace.aggregator.sink.StoreUnavailableException;
import dev.millrace.contract.config.FeatureGroup;
import dev.millrace.contract.config.Json;
import dev.millrace.contract.store.BatchProgress;
import dev.millrace.contract.store.BatchRun;
import dev.millrace.contract.store.StoreKeys;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A run as the store remembers it: its start, its files, how far each worker is, and what came of it. It lies beside the
 * values, so that a store that was emptied has lost both.
 */
final class RunLedger {
    /** Beyond this a run that nobody goes on with is forgotten. */
    private static final long RUNNING_TTL_MS = Duration.ofDays(7).toMillis();
    /** So that a worker that is started again after the end finds that there is nothing to do. */
    private static final long ENDED_TTL_MS = Duration.ofDays(1).toMillis();

    private static final String START = "start";
    private static final String LISTING = "listing";

    /** {@code KEYS[1]} run; {@code ARGV} start, listing, ttl. The first worker's stay. */
    private static final String BEGIN_LUA =
            """
            if redis.call('HSETNX', KEYS[1], 'start', ARGV[1]) == 1 then
              redis.call('HSET', KEYS[1], 'listing', ARGV[2])
            end
            redis.call('PEXPIRE', KEYS[1], ARGV[3])
            return 1
            """;

    /** {@code KEYS[1]} run; {@code ARGV} start, field and JSON of the part, ttl. 0 = the store has lost the run. */
    private static final String SAVE_LUA =
            """
            if redis.call('HGET', KEYS[1], 'start') ~= ARGV[1] then return 0 end
            redis.call('HSET', KEYS[1], ARGV[2], ARGV[3])
            redis.call('PEXPIRE', KEYS[1], ARGV[4])
            return 1
            """;

    /**
     * {@code KEYS[1]} meta; {@code ARGV} field and JSON of the run, its start, field and value of batchEnd ('' for a run
     * that failed), field of the progress. A run that began earlier than the one on record leaves no trace.
     */
    private static final String RECORD_LUA =
            """
            local known = redis.call('HGET', KEYS[1], ARGV[1])
            if known and cjson.decode(known).start > tonumber(ARGV[3]) then return 0 end
            redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
            redis.call('HDEL', KEYS[1], ARGV[6])
            if ARGV[5] ~= '' then redis.call('HSET', KEYS[1], ARGV[4], ARGV[5]) end
            return 1
            """;

    private final StoreCalls calls;
    private final String meta;
    private final String revision;
    private final String key;
    private final Worker worker;

    RunLedger(StoreCalls calls, String ns, FeatureGroup group, Worker worker) {
        this.calls = calls;
        this.meta = StoreKeys.meta(ns);
        this.revision = group.name() + "." + group.revision();
        this.key = StoreKeys.batchRun(ns, group, worker.run());
        this.worker = worker;
    }

    /** A run that has begun. */
    record Begun(long startMs, Listing listing, Part part) {}

    /** Lists the files of a run. */
    interface Lister {
        List<SourceFile> list() throws SourceException;
    }

    /** The epoch that values of this group carry: raised by hand to let a run win over a clock that was ahead. */
    int epoch() throws StoreUnavailableException {
        String epoch = calls.call(jedis -> jedis.hget(meta, "epoch:" + revision));
        try {
            return epoch == null ? 0 : Integer.parseInt(epoch);
        } catch (NumberFormatException e) {
            throw calls.failure("epoch:" + revision + " is '" + epoch + "' and no number", e);
        }
    }

    /**
     * Begins the run, or goes on with it.
     *
     * @param startMs of a run that begins now
     * @throws SourceException when nothing can be listed, or the run has another number of workers
     */
    Begun begin(Lister lister, long startMs) throws SourceException, StoreUnavailableException {
        Begun known = known();
        if (known == null) {
            String listing = Json.write(new Listing(lister.list(), worker.workers()));
            calls.call(jedis -> jedis.eval(
                    BEGIN_LUA, List.of(key), List.of(Long.toString(startMs), listing, Long.toString(RUNNING_TTL_MS))));
            known = known();
        }
        if (known == null) {
            throw lost();
        }
        if (known.listing().workers() != worker.workers()) {
            throw new SourceException("run " + worker.run() + " was begun by "
                    + known.listing().workers() + " workers, not " + worker.workers());
        }
        return known;
    }

    private @Nullable Begun known() throws StoreUnavailableException {
        List<@Nullable String> fields = calls.call(jedis -> jedis.hmget(key, START, LISTING, field(worker.index())));
        String start = fields.get(0);
        String listing = fields.get(1);
        String part = fields.get(2);
        return start == null || listing == null
                ? null
                : new Begun(
                        Long.parseLong(start),
                        Json.readStatus(listing, Listing.class),
                        part == null ? Part.NONE : Json.readStatus(part, Part.class));
    }

    /** What is in the store for good. Only then may it be said: values first. */
    void save(long startMs, Part part) throws StoreUnavailableException {
        Object saved = calls.call(jedis -> jedis.eval(
                SAVE_LUA,
                List.of(key),
                List.of(
                        Long.toString(startMs),
                        field(worker.index()),
                        Json.write(part),
                        Long.toString(part.done() ? ENDED_TTL_MS : RUNNING_TTL_MS))));
        if (!Long.valueOf(1).equals(saved)) {
            throw lost();
        }
    }

    private StoreUnavailableException lost() {
        return calls.failure(
                "has lost the run: it was emptied meanwhile; the load begins anew with the next start",
                new IllegalStateException());
    }

    /** How far the workers are; one that has not begun is {@link Part#NONE}. */
    List<Part> parts() throws StoreUnavailableException {
        String[] fields = new String[worker.workers()];
        for (int i = 0; i < fields.length; i++) {
            fields[i] = field(i);
        }
        List<Part> parts = new ArrayList<>();
        for (String part : calls.call(jedis -> jedis.hmget(key, fields))) {
            parts.add(part == null ? Part.NONE : Json.readStatus(part, Part.class));
        }
        return parts;
    }

    /** For whoever watches. */
    void progress(BatchProgress progress) throws StoreUnavailableException {
        calls.call(jedis -> jedis.hset(meta, "batchLoad:" + revision, progress.encode()));
    }

    /** Leaves the run on record, and its batchEnd when it was complete. */
    void record(BatchRun run) throws StoreUnavailableException {
        calls.call(jedis -> jedis.eval(
                RECORD_LUA,
                List.of(meta),
                List.of(
                        "batchRun:" + revision,
                        run.encode(),
                        Long.toString(run.start()),
                        "batchEnd:" + revision,
                        run.message() != null || run.batchEnd() == null ? "" : Long.toString(run.batchEnd()),
                        "batchLoad:" + revision)));
    }

    private static String field(int index) {
        return "part:" + index;
    }
}
