package dev.millrace.plan.check;

import dev.millrace.api.v1alpha1.AggregationSpec;
import dev.millrace.api.v1alpha1.BatchSpec;
import dev.millrace.api.v1alpha1.ColumnSpec;
import dev.millrace.api.v1alpha1.Datatype;
import dev.millrace.api.v1alpha1.DedupSpec;
import dev.millrace.api.v1alpha1.FeatureGroupSpec;
import dev.millrace.api.v1alpha1.FeaturesSpec;
import dev.millrace.api.v1alpha1.Repartition;
import dev.millrace.api.v1alpha1.SqlSpec;
import dev.millrace.api.v1alpha1.StreamSpec;
import dev.millrace.plan.Durations;
import dev.millrace.plan.FeastNumbers;
import dev.millrace.plan.FeatureNumbers;
import dev.millrace.plan.Finding.Reason;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One of {@code spec.features.groups}. */
final class GroupCheck {
    /** Beyond it a window's first tiles would have to be kept for events that a clock put into the future. */
    private static final Duration MAX_DEDUP = Duration.ofHours(24);

    private static final Duration MAX_FUTURE = Duration.ofMinutes(10);
    /** The last bound of the aggregator's histogram: a quantile beyond it reads as this. */
    private static final Duration MAX_PIPELINE = Duration.ofMinutes(1);

    /** Beyond it a stream that keeps whole windows is the simpler choice. */
    private static final Duration MAX_BATCH_AGE = Duration.ofDays(14);

    /** Two commits: of the re-keyed event, and of the one that it just missed. */
    private static final Duration MIN_REKEYED = Duration.ofMillis(200);

    private GroupCheck() {}

    static void check(String at, FeatureGroupSpec group, FeaturesSpec features, Findings findings) {
        findings.required(at + ".name", group.getName(), "purchases");
        Duration ttl = findings.required(at + ".ttl", group.getTtl(), "8d")
                ? findings.positiveDuration(at + ".ttl", group.getTtl())
                : null;
        StreamSpec stream = group.getStream();
        BatchSpec batch = group.getBatch();
        SqlSpec sql = group.getSql();
        if (sql != null) {
            SqlCheck.check(at, group, sql, ttl, features, findings);
            columns(at, group, "an sql group", findings);
        } else if (stream == null && batch == null && group.getFeast() != null) {
            FeastCheck.source(at, group, ttl, findings);
        } else if (stream == null && batch == null) {
            findings.error(
                    at,
                    Reason.GroupWithoutSource,
                    "has neither stream nor batch nor sql, so nothing would ever fill it; add one of them"
                            + (FeastNumbers.isFeast(features.getStore())
                                    ? ", or feast: {} for a view that Feast writes"
                                    : ""));
        } else if (stream != null) {
            stream(at, group, stream, ttl, findings);
            if (batch != null) {
                hybrid(at, group, batch, findings);
            } else if (FeastNumbers.isFeast(features.getStore())) {
                // between events a value does not decay: its age is what tells that its window is over
                maxAge(at, group, ttl, findings);
            } else if (group.getFreshness().getMaxAge() != null) {
                findings.error(
                        at + ".freshness.maxAge",
                        Reason.FreshnessDoesNotApply,
                        "is for batch groups; a stream has maxLag and pipeline");
            }
        } else if (batch != null) {
            batch(at, group, batch, ttl, findings);
        }
    }

    /** Stream and batch: the batch holds the same events, older and complete. */
    private static void hybrid(String at, FeatureGroupSpec group, BatchSpec batch, Findings findings) {
        source(at, batch, findings);
        if (findings.required(at + ".freshness.maxAge", group.getFreshness().getMaxAge(), "26h")) {
            Duration maxAge = findings.positiveDuration(
                    at + ".freshness.maxAge", group.getFreshness().getMaxAge());
            if (maxAge != null && maxAge.compareTo(MAX_BATCH_AGE) > 0) {
                findings.error(
                        at + ".freshness.maxAge",
                        Reason.InvalidDuration,
                        Durations.format(maxAge) + " is longer than " + Durations.format(MAX_BATCH_AGE)
                                + ", and the stream would have to keep twice as much; lower it, or leave out the batch");
            }
        }
        findings.required(at + ".batch.timestampField", batch.getTimestampField(), "ts");
        if (batch.getParallelism() != null && batch.getParallelism() > 1) {
            findings.error(
                    at + ".batch.parallelism",
                    Reason.FieldDoesNotApply,
                    "is for groups that have batch alone: the events of an entity are put together over all files; remove"
                            + " it");
        }
        if (batch.getSchedule() == null) {
            findings.warning(
                    at + ".batch.schedule",
                    Reason.ScheduleMissing,
                    "is absent: history is loaded once, and windows lack events as soon as it is older than twice"
                            + " freshness.maxAge; add a schedule, like \"0 2 * * *\"");
        }
    }

    private static void source(String at, BatchSpec batch, Findings findings) {
        if (findings.required(at + ".batch.storageUri", batch.getStorageUri(), "configmap://profile/profile.csv")) {
            BatchSourceCheck.check(at + ".batch", batch, findings);
        }
        findings.required(at + ".batch.format", batch.getFormat(), "csv");
        String schedule = batch.getSchedule();
        if (schedule != null && !schedule.startsWith("@") && schedule.split(" ", -1).length != 5) {
            findings.error(
                    at + ".batch.schedule",
                    Reason.ScheduleInvalid,
                    "'" + schedule + "' must have five fields, like \"0 2 * * *\"");
        }
    }

    private static void dedup(String at, @Nullable DedupSpec dedup, @Nullable Duration lateness, Findings findings) {
        if (dedup == null) {
            return;
        }
        findings.required(at + ".field", dedup.getField(), "event_id");
        Duration window = findings.positiveDuration(
                at + ".window", dedup.getWindow() == null ? FeatureNumbers.DEFAULT_DEDUP : dedup.getWindow());
        if (window == null) {
            return;
        }
        if (window.compareTo(MAX_DEDUP) > 0) {
            findings.error(
                    at + ".window",
                    Reason.InvalidDuration,
                    Durations.format(window) + " is longer than " + Durations.format(MAX_DEDUP)
                            + ": ids stand in the state of their entity; lower it");
        } else if (lateness != null && window.compareTo(lateness) < 0) {
            findings.warning(
                    at + ".window",
                    Reason.InvalidDuration,
                    Durations.format(window) + " is shorter than allowedLateness, " + Durations.format(lateness)
                            + ": an event that is late by more than the window counts again when it is sent again; use at"
                            + " least " + Durations.format(lateness));
        }
    }

    private static void stream(
            String at, FeatureGroupSpec group, StreamSpec stream, @Nullable Duration ttl, Findings findings) {
        findings.required(at + ".stream.topic", stream.getTopic(), "purchases");
        if (stream.getTopic().equals(stream.getDeadLetterTopic())) {
            findings.error(
                    at + ".stream.deadLetterTopic",
                    Reason.InvalidValue,
                    "is the topic itself: every bad event would come back; choose another one");
        }
        Duration future = findings.duration(
                at + ".stream.eventTime.maxFuture", stream.getEventTime().getMaxFuture());
        if (future != null && future.compareTo(MAX_FUTURE) > 0) {
            findings.error(
                    at + ".stream.eventTime.maxFuture",
                    Reason.InvalidDuration,
                    Durations.format(future) + " is longer than " + Durations.format(MAX_FUTURE) + "; lower it");
        }
        if (stream.getEventTime().getUnit() != null && stream.getEventTime().getField() == null) {
            findings.error(
                    at + ".stream.eventTime.field",
                    Reason.Required,
                    "is required beside unit; remove unit to use the record's own timestamp");
        }
        Duration lateness = findings.duration(
                at + ".stream.allowedLateness",
                stream.getAllowedLateness() == null ? FeatureNumbers.DEFAULT_LATENESS : stream.getAllowedLateness());
        dedup(at + ".stream.dedup", stream.getDedup(), lateness, findings);
        if (group.getAggregations().isEmpty()) {
            findings.error(
                    at + ".aggregations",
                    Reason.AggregationsRequired,
                    "is required for a stream, for example [{name: count_1h, function: count, timeWindow: 1h}]");
        }
        if (!group.getColumns().isEmpty()) {
            findings.error(
                    at + ".columns",
                    Reason.FieldDoesNotApply,
                    "belong to groups that have batch alone; a stream has aggregations");
        }
        findings.unique(
                at + ".aggregations",
                group.getAggregations().stream().map(AggregationSpec::getName).toList());
        Duration longest = Duration.ZERO;
        for (int i = 0; i < group.getAggregations().size(); i++) {
            Duration window = AggregationCheck.check(
                    at + ".aggregations[" + i + "]", group.getAggregations().get(i), findings);
            if (window != null && window.compareTo(longest) > 0) {
                longest = window;
            }
        }
        if (ttl != null && lateness != null && ttl.compareTo(longest.plus(lateness)) < 0) {
            findings.error(
                    at + ".ttl",
                    Reason.TtlTooShort,
                    Durations.format(ttl) + " is shorter than the longest window, " + Durations.format(longest)
                            + ", plus allowedLateness, " + Durations.format(lateness)
                            + ": values would expire within their window; use at least "
                            + Durations.format(longest.plus(lateness)));
        }
        findings.positiveDuration(at + ".freshness.maxLag", group.getFreshness().getMaxLag());
        Duration pipeline = findings.positiveDuration(
                at + ".freshness.pipeline", group.getFreshness().getPipeline());
        if (pipeline != null && stream.getRepartition() == Repartition.Auto && pipeline.compareTo(MIN_REKEYED) < 0) {
            findings.error(
                    at + ".freshness.pipeline",
                    Reason.RepartitionTooSlow,
                    Durations.format(pipeline)
                            + " cannot be kept with repartition: Auto, whose events can be read when they"
                            + " are committed, every 100 ms; key the topic by the entity and use Never, or promise at least "
                            + Durations.format(MIN_REKEYED));
        }
        if (pipeline != null && pipeline.compareTo(MAX_PIPELINE) >= 0) {
            findings.error(
                    at + ".freshness.pipeline",
                    Reason.InvalidDuration,
                    Durations.format(pipeline) + " is not below " + Durations.format(MAX_PIPELINE)
                            + ", up to which it is measured: no alert would come; lower it, or use maxLag alone");
        }
    }

    private static void batch(
            String at, FeatureGroupSpec group, BatchSpec batch, @Nullable Duration ttl, Findings findings) {
        source(at, batch, findings);
        String schedule = batch.getSchedule();
        columns(at, group, "a batch group", findings);
        if (group.getFreshness().getMaxLag() != null || group.getFreshness().getPipeline() != null) {
            findings.error(
                    at + ".freshness",
                    Reason.FreshnessDoesNotApply,
                    "maxLag and pipeline are for streams; a batch group has maxAge");
        }
        Duration maxAge = maxAge(at, group, ttl, findings);
        if (maxAge != null && schedule == null) {
            findings.warning(
                    at + ".batch.schedule",
                    Reason.ScheduleMissing,
                    "is absent: values are loaded once and stale after " + Durations.format(maxAge)
                            + "; add a schedule, like \"0 2 * * *\"");
        }
    }

    static @Nullable Duration maxAge(String at, FeatureGroupSpec group, @Nullable Duration ttl, Findings findings) {
        Duration maxAge = findings.positiveDuration(
                at + ".freshness.maxAge", group.getFreshness().getMaxAge());
        if (maxAge != null && ttl != null && ttl.compareTo(maxAge) < 0) {
            findings.error(
                    at + ".ttl",
                    Reason.TtlTooShort,
                    Durations.format(ttl) + " is shorter than freshness.maxAge, " + Durations.format(maxAge)
                            + ": values would be gone before they are stale; raise it");
        }
        return maxAge;
    }

    static void columns(String at, FeatureGroupSpec group, String kind, Findings findings) {
        List<ColumnSpec> columns = group.getColumns();
        if (!group.getAggregations().isEmpty()) {
            findings.error(
                    at + ".aggregations", Reason.FieldDoesNotApply, "belong to streams; " + kind + " has columns");
        }
        if (columns.isEmpty()) {
            findings.error(
                    at + ".columns",
                    Reason.ColumnsRequired,
                    "is required for " + kind + ", for example [{name: avg_30d_spend, datatype: FP32}]");
        }
        findings.unique(
                at + ".columns", columns.stream().map(ColumnSpec::getName).toList());
        for (int i = 0; i < columns.size(); i++) {
            ColumnSpec column = columns.get(i);
            String field = at + ".columns[" + i + "]";
            findings.required(field + ".name", column.getName(), "avg_30d_spend");
            findings.required(field + ".datatype", column.getDatatype(), "FP32");
            findings.number(field + ".default", column.getDefaultValue(), Reason.DefaultInvalid);
            if (column.getDatatype() == Datatype.BYTES) {
                findings.error(
                        field + ".datatype",
                        Reason.NotSupported,
                        "BYTES is not supported by this release: columns are numbers; encode it before");
            }
        }
    }
}
