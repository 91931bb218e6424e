package dev.millrace.server.features;

import dev.millrace.contract.config.FeatureGroup;
import dev.millrace.contract.feast.FeastView;
import dev.millrace.contract.feature.ValueHeader;
import dev.millrace.contract.status.ServerStatus.GroupStatus;
import dev.millrace.contract.store.BatchProgress;
import dev.millrace.contract.store.BatchRun;
import dev.millrace.contract.store.Heartbeat;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the last poll of heartbeats and meta data said. Immutable; each poll makes a new one.
 *
 * @param storeUp false: the poll failed, everything else is what was known before
 * @param groups by group name
 */
public record Freshness(boolean storeUp, Map<String, GroupFreshness> groups) {
    /** Before the first poll: nothing is known to be stale but what has no heartbeat. */
    public static final Freshness UNKNOWN = new Freshness(false, Map.of());

    private static final long LOAD_SILENT_MS = 300_000;

    /**
     * @param heartbeats by partition; a partition that is silent is absent
     * @param partitions that the topic has; 0 = unknown
     * @param batchEndMs of the last complete run; 0 = none
     * @param lastRun complete or not; null = none is on record
     * @param load of a run that has not ended; null = none is on record
     */
    public record GroupFreshness(
            Map<Integer, Heartbeat> heartbeats,
            int partitions,
            long batchEndMs,
            @Nullable BatchRun lastRun,
            @Nullable BatchProgress load) {
        static final GroupFreshness NOTHING = new GroupFreshness(Map.of(), 0, 0, null);

        /** Of a group that no run loads at the moment. */
        public GroupFreshness(
                Map<Integer, Heartbeat> heartbeats, int partitions, long batchEndMs, @Nullable BatchRun lastRun) {
            this(heartbeats, partitions, batchEndMs, lastRun, null);
        }
    }

    GroupFreshness of(GroupPlan group) {
        return groups.getOrDefault(group.name(), GroupFreshness.NOTHING);
    }

    /** Whether a value is over its group's bound: its partition lags or is silent; a batch value is too old. */
    boolean isStale(GroupPlan group, ValueHeader header, long nowMs) {
        return group.isStream()
                ? lags(group, header.sourcePartition())
                : isOld(group.group(), header.eventTimeMaxMs(), nowMs);
    }

    /**
     * How good the value of a hybrid group is.
     *
     * @param stream header of the stream's part; null when the entity has none: any partition could be its own
     * @param batchEndMs where the batch's part ends; 0 = no run has ended yet
     */
    GroupRead.Result ofHybrid(GroupPlan group, @Nullable ValueHeader stream, long batchEndMs, long nowMs) {
        if (batchEndMs == 0 || nowMs - batchEndMs > group.tailMs()) {
            return GroupRead.Result.GAP;
        }
        boolean stale = isOld(group.group(), batchEndMs, nowMs)
                || (stream == null ? anyLags(group) : lags(group, stream.sourcePartition()));
        return stale ? GroupRead.Result.STALE : GroupRead.Result.FRESH;
    }

    /**
     * What was read of a store of Feast's. Nobody but the reader enforces a view's time to live: what is over it is gone, as if
     * it had expired.
     */
    GroupRead ofFeast(GroupPlan group, FeastView.Row row, long nowMs) {
        if (row == FeastView.Row.MISSING || row == FeastView.Row.CORRUPT) {
            return row == FeastView.Row.MISSING ? GroupRead.MISSING : GroupRead.CORRUPT;
        }
        long time = row.eventTimeMs();
        long age = time == 0 ? -1 : Math.max(0, nowMs - time);
        if (age > group.group().ttlMs()) {
            return new GroupRead(GroupRead.Result.MISSING, null, time, age);
        }
        ValueHeader header = row.header();
        boolean stale = isOld(group.group(), time, nowMs)
                || group.isStream() && (header == null ? anyLags(group) : lags(group, header.sourcePartition()));
        return new GroupRead(
                stale ? GroupRead.Result.STALE : GroupRead.Result.FRESH, row.values(), time, age, row.nulls());
    }

    /** Whether a later run is complete that wrote nothing in this value's place: it knows of no event of the entity. */
    boolean isReplaced(GroupPlan group, ValueHeader batch) {
        GroupFreshness known = of(group);
        BatchRun last = known.lastRun();
        return known.batchEndMs() > batch.eventTimeMaxMs()
                || last != null && last.message() == null && last.start() > batch.seq();
    }

    private static boolean isOld(FeatureGroup group, long endMs, long nowMs) {
        Long maxAge = group.maxAgeMs();
        return maxAge != null && nowMs - endMs > maxAge;
    }

    private boolean lags(GroupPlan group, int partition) {
        Long maxLag = group.group().maxLagMs();
        if (maxLag == null) {
            return false;
        }
        Heartbeat heartbeat = of(group).heartbeats().get(partition);
        return heartbeat == null || heartbeat.lagMs() > maxLag;
    }

    private boolean anyLags(GroupPlan group) {
        int partitions = of(group).partitions();
        for (int p = 0; p < Math.max(1, partitions); p++) {
            if (lags(group, p)) {
                return true;
            }
        }
        return false;
    }

    /** For {@code /millrace/status}: of the groups whose values are in the store. */
    public List<GroupStatus> statuses(List<GroupPlan> plans, long nowMs) {
        List<GroupStatus> all = new ArrayList<>();
        for (GroupPlan plan : plans) {
            if (plan.isSql()) {
                continue;
            }
            String revision = plan.group().revision();
            if (!storeUp) {
                all.add(new GroupStatus(plan.name(), revision, "Missing", "FeatureStoreUnavailable", null));
            } else if (!plan.isStream() && !plan.isBatch()) {
                // Feast writes it and leaves no word of that: each value read has an age
                all.add(new GroupStatus(plan.name(), revision, "Fresh", null, null));
            } else {
                GroupStatus status = plan.isStream() ? stream(plan, revision) : batch(plan, revision, nowMs);
                // of a hybrid group the stream's trouble comes first, being the younger data's
                all.add(
                        plan.isHybrid() && status.reason() == null
                                ? hybrid(batch(plan, revision, nowMs), status)
                                : status);
            }
        }
        return all;
    }

    /** Age in ms of the last complete run of each batch group that had one. */
    public Map<String, Long> batchAges(List<GroupPlan> plans, long nowMs) {
        Map<String, Long> ages = new HashMap<>();
        for (GroupPlan plan : plans) {
            long end = of(plan).batchEndMs();
            if (plan.isBatch() && end > 0) {
                ages.put(plan.name(), Math.max(0, nowMs - end));
            }
        }
        return ages;
    }

    /** The last run of each batch group that has one on record. */
    public Map<String, BatchRun> batchRuns(List<GroupPlan> plans) {
        Map<String, BatchRun> runs = new HashMap<>();
        for (GroupPlan plan : plans) {
            BatchRun run = of(plan).lastRun();
            if (run != null) {
                runs.put(plan.name(), run);
            }
        }
        return runs;
    }

    private GroupStatus stream(GroupPlan plan, String revision) {
        GroupFreshness known = of(plan);
        Long lag = worstLagMs(known);
        if (known.partitions() == 0 || known.heartbeats().size() < known.partitions()) {
            String state = known.heartbeats().isEmpty() ? "Missing" : "Stale";
            return new GroupStatus(plan.name(), revision, state, "HeartbeatMissing", lag);
        }
        Long maxLag = plan.group().maxLagMs();
        boolean late = maxLag != null && lag != null && lag > maxLag;
        return new GroupStatus(plan.name(), revision, late ? "Stale" : "Fresh", late ? "LagTooHigh" : null, lag);
    }

    /** Without a run it still counts what the stream has: stale, not missing. */
    private static GroupStatus hybrid(GroupStatus batch, GroupStatus stream) {
        return batch.reason() == null
                ? stream
                : new GroupStatus(batch.group(), batch.revision(), "Stale", batch.reason(), stream.lagMs());
    }

    private GroupStatus batch(GroupPlan plan, String revision, long nowMs) {
        long end = of(plan).batchEndMs();
        BatchProgress load = of(plan).load();
        // one that says nothing any more was killed for good
        String progress = load == null || nowMs - load.at() > LOAD_SILENT_MS ? null : load.summary();
        if (end == 0) {
            return new GroupStatus(plan.name(), revision, "Missing", "BatchTooOld", null, progress);
        }
        Long maxAge = plan.group().maxAgeMs();
        long age = Math.max(0, nowMs - end);
        boolean old = maxAge != null && age > maxAge;
        return new GroupStatus(
                plan.name(), revision, old ? "Stale" : "Fresh", old ? "BatchTooOld" : null, age, progress);
    }

    private static @Nullable Long worstLagMs(GroupFreshness known) {
        return known.heartbeats().values().stream()
                .map(Heartbeat::lagMs)
                .max(Long::compare)
                .orElse(null);
    }
}
