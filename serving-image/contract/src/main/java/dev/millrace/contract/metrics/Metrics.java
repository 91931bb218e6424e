package dev.millrace.contract.metrics;

import static dev.millrace.contract.metrics.Metric.Type.COUNTER;
import static dev.millrace.contract.metrics.Metric.Type.GAUGE;
import static dev.millrace.contract.metrics.Metric.Type.HISTOGRAM;

import dev.millrace.contract.metrics.Metric.Type;
import java.util.List;
import java.util.stream.Stream;

/**
 * Every metric of the data plane. Code registers from here, and rules, dashboards and docs are checked against it, so that
 * a name stands once. {@code docs/metrics.md} is generated from it.
 */
public final class Metrics {
    /** On every metric of a model server. */
    public static final List<String> SERVER_LABELS = List.of("namespace", "model", "version", "variant");
    /** On every metric of an aggregator. */
    public static final List<String> AGGREGATOR_LABELS = List.of("namespace", "model");

    // --- server: requests ---
    public static final Metric REQUESTS = metric(
            "millrace_requests",
            COUNTER,
            "Requests answered, by outcome: ok, fallback (answered, but not by the model), invalid (the caller's"
                    + " mistake), rejected (a feature is missing or stale, the spec says Reject and no fallback answers),"
                    + " shed (refused at once under overload), timeout (deadline passed without a fallback), error."
                    + " Neither invalid nor rejected counts for an SLO.",
            "requests",
            "protocol",
            "outcome");
    public static final Metric REQUEST_DURATION = metric(
            "millrace_request_duration_seconds",
            HISTOGRAM,
            "Time in the server by stage: total (first byte read to last byte written), features, queue, inference,"
                    + " post_processing, codec. Buckets are fractions of the SLO's threshold.",
            "seconds",
            "stage");
    public static final Metric CALLS_CUT = metric(
            "millrace_calls_cut",
            COUNTER,
            "Calls whose caller was not waited for any longer: SlowRequest (no byte of the request for ten seconds, or not"
                    + " all of it in a minute), SlowAnswer (no byte of the answer taken for ten seconds). A server that"
                    + " stops waits for one second.",
            "calls",
            "reason");
    public static final Metric FEATURE_CALLS = metric(
            "millrace_feature_calls",
            COUNTER,
            "Calls of get-online-features answered: ok, invalid (the caller's mistake) or error (the store did not answer)."
                    + " They are no predictions, so no SLO counts them.",
            "calls",
            "outcome");
    public static final Metric SLO_EVENTS = metric(
            "millrace_slo_events",
            COUNTER,
            "Events that count for an SLO (latency, availability), good or bad. Alerts are computed from it and from"
                    + " nothing else.",
            "events",
            "slo",
            "objective",
            "threshold",
            "result");
    public static final Metric SLO_THRESHOLD =
            metric("millrace_slo_threshold_seconds", GAUGE, "The latency threshold of the spec.", "seconds");
    public static final Metric FALLBACKS = metric(
            "millrace_fallbacks",
            COUNTER,
            "Predictions answered by the fallback, by reason: ModelUnavailable, Timeout, Overload,"
                    + " FeatureStoreUnavailable, FeatureMissing, FeatureStale.",
            "predictions",
            "reason");
    public static final Metric FALLBACK_STEPS_SKIPPED = metric(
            "millrace_fallback_steps_skipped",
            COUNTER,
            "Steps of fallback.order that had no answer: PreviousVersion while no earlier version is loaded, or when there"
                    + " is no time left for it.",
            "steps",
            "step");
    public static final Metric CACHE_REQUESTS = metric(
            "millrace_cache_requests",
            COUNTER,
            "Look-ups in a cache of answers: level l1 is the request cache, l2 the entity cache; result hit, miss, or"
                    + " coalesced: not there yet, but computed at that moment for another request, whose answer served"
                    + " both.",
            "lookups",
            "level",
            "result");
    public static final Metric CACHE_AGE = metric(
            "millrace_cache_age_seconds",
            HISTOGRAM,
            "Age of the answers that came from a cache, since the model gave them.",
            "seconds");
    public static final Metric LOG_RECORDS = metric(
            "millrace_log_records",
            COUNTER,
            "Records of the prediction log: sent, dropped (queue full or Kafka away) or failed. A prediction never"
                    + " waits for its log record.",
            "records",
            "result");

    public static final Metric PREWARM_RECORDS = metric(
            "millrace_prewarm_records",
            COUNTER,
            "Calls of cache.entity.prewarm.topic that were computed in advance: answered (in the entity cache), failed"
                    + " (no answer of the model, tried three times) or invalid (no predict call, or rejected). No SLO counts"
                    + " them.",
            "records",
            "result");
    public static final Metric PREWARM_FOLLOWING = metric(
            "millrace_prewarm_following",
            GAUGE,
            "1 while cache.entity.prewarm.topic is read, 0 while Kafka or the topic is away; absent without"
                    + " cache.entity.prewarm.",
            "boolean");

    // --- server: stream inference ---
    public static final Metric STREAM_READINGS = metric(
            "millrace_stream_readings",
            COUNTER,
            "Readings of streamInference.input whose transaction was committed: scored (a result was written), filtered"
                    + " (scored, and only said no) or dead_letter (cannot be scored; it is in the dead letter topic). They"
                    + " are no calls: no SLO counts them.",
            "readings",
            "result");
    public static final Metric STREAM_TRANSACTIONS = metric(
            "millrace_stream_transactions",
            COUNTER,
            "Kafka transactions that hold the results of some readings and the offsets of these: committed, or aborted"
                    + " (the same readings are read and scored again).",
            "transactions",
            "result");
    public static final Metric STREAM_RESULT = metric(
            "millrace_stream_result_seconds",
            HISTOGRAM,
            "From a reading's timestamp to the commit that made its result readable.",
            "seconds");
    public static final Metric STREAM_LAG = metric(
            "millrace_stream_lag_records",
            GAUGE,
            "Readings in this server's partitions that have no result yet.",
            "records");
    public static final Metric STREAM_LAG_SECONDS = metric(
            "millrace_stream_lag_seconds",
            GAUGE,
            "Time since this server had last scored everything in its partitions; 0 while it has, and without"
                    + " partitions. It grows while the topic cannot be read.",
            "seconds");
    public static final Metric STREAM_PARTITIONS = metric(
            "millrace_stream_partitions",
            GAUGE,
            "Partitions of streamInference.input that this server scores; 0 = there are more servers than partitions, or"
                    + " none can be read.",
            "partitions");

    // --- server: scheduler and capacity ---
    public static final Metric SCHEDULER_INFLIGHT = metric(
            "millrace_scheduler_inflight",
            GAUGE,
            "Requests in the scheduler now: queued or executing.",
            "requests",
            "state");
    public static final Metric SCHEDULER_INFLIGHT_LIMIT = metric(
            "millrace_scheduler_inflight_limit",
            GAUGE,
            "Requests that may be in the scheduler; one more is shed at once. Computed from the SLO and the calibration,"
                    + " bounded by server.batching.maxQueueSize.",
            "requests");
    public static final Metric SCHEDULER_INFLIGHT_SECONDS = metric(
            "millrace_scheduler_inflight_seconds",
            COUNTER,
            "Time integral of the requests in the scheduler: its rate is their time average, which autoscaling"
                    + " follows.",
            "request-seconds");
    public static final Metric BATCH_SIZE =
            metric("millrace_batch_size", HISTOGRAM, "Rows that were executed together.", "rows");
    public static final Metric EXECUTIONS_TERMINATED = metric(
            "millrace_executions_terminated",
            COUNTER,
            "Executions that were ended early, since the deadline of every request in them had passed. Their callers got"
                    + " their answers at the deadline; it is the instance that is free again sooner.",
            "executions");
    public static final Metric CALIBRATED_EXECUTION = metric(
            "millrace_calibrated_execution_seconds",
            GAUGE,
            "Mean execution time of a batch of so many rows, measured while warming up.",
            "seconds",
            "rows");

    // --- server: features ---
    public static final Metric FEATURE_READS = metric(
            "millrace_feature_reads",
            COUNTER,
            "Reads of an entity's group: fresh, stale (served although over its bound), gap (a batch too old for its"
                    + " stream: events between them are not counted), missing (no value), default (defaults were served in its place), error (store failed, too slow or value corrupt).",
            "reads",
            "group",
            "result");
    public static final Metric STORE_BREAKER = metric(
            "millrace_store_breaker",
            GAUGE,
            "Event loops that do not read the store: open (it was late or failed again and again; defaults or the fallback"
                    + " answer at once), half_open (one read, for which no caller waits, looks whether it is back).",
            "loops",
            "state");
    public static final Metric STORE_BREAKER_TRANSITIONS = metric(
            "millrace_store_breaker_transitions",
            COUNTER,
            "Changes of an event loop's breaker, by the state it went to.",
            "transitions",
            "to");
    public static final Metric STORE_HEDGED_READS = metric(
            "millrace_store_hedged_reads",
            COUNTER,
            "Reads that were sent once more, on the other connection, since the first had no answer when 95 of 100 have"
                    + " one; at most one in twenty. won: the second answered before the first; lost: it did not.",
            "reads",
            "result");
    public static final Metric FEATURE_READ_AGE = metric(
            "millrace_feature_read_age_seconds",
            HISTOGRAM,
            "Age of the newest event in a value when it was read. An idle entity is old and yet complete: staleness"
                    + " is millrace_feature_watermark_lag_seconds.",
            "seconds",
            "group");
    public static final Metric BATCH_AGE = metric(
            "millrace_batch_age_seconds",
            GAUGE,
            "Time since the end of the period that a batch group's last complete run covers.",
            "seconds",
            "group");
    public static final Metric BATCH_ROWS = metric(
            "millrace_batch_rows",
            GAUGE,
            "Rows of a batch group's last run, as the loader left it on record: written, superseded (a later run had"
                    + " written them already), rejected (no id, or a value that does not fit its datatype).",
            "rows",
            "group",
            "result");
    public static final Metric SQL_QUERIES = metric(
            "millrace_sql_queries",
            COUNTER,
            "Queries of an sql group, by outcome: row, none (the entity has no row), timeout (longer than sql.timeout),"
                    + " unavailable (no connection, or it broke), error (the query or its answer is wrong, the log says"
                    + " how); and those that were not sent: skipped (as many wait as may, or the database does not answer"
                    + " and is asked again later). No request waits for any of them.",
            "queries",
            "group",
            "outcome");
    public static final Metric SQL_QUERY_SECONDS = metric(
            "millrace_sql_query_seconds",
            HISTOGRAM,
            "Time of an sql group's queries, from the connection to the answer; one that is given up counts with the time"
                    + " until then.",
            "seconds",
            "group");
    public static final Metric SQL_CONNECTIONS_IN_USE = metric(
            "millrace_sql_connections_in_use",
            GAUGE,
            "Connections of an sql group that have a query under way; sql.maxConnections at most.",
            "connections",
            "group");
    public static final Metric SQL_CACHE_ENTRIES = metric(
            "millrace_sql_cache_entries",
            GAUGE,
            "Entities of which an sql group has a row in memory, or knows that there is none; sql.maxEntries at most.",
            "entries",
            "group");
    public static final Metric FEATURE_OBSERVATIONS = metric(
            "millrace_feature_observations",
            COUNTER,
            "Values that went into the model, by the bin of the reference distribution that they fall into; the last"
                    + " bin is null.",
            "values",
            "feature",
            "bin");
    public static final Metric FEATURE_REFERENCE_RATIO = metric(
            "millrace_feature_reference_ratio",
            GAUGE,
            "Share of the reference in each bin.",
            "ratio",
            "feature",
            "bin");
    public static final Metric FEATURE_REFERENCE_SAMPLES = metric(
            "millrace_feature_reference_samples",
            GAUGE,
            "Size of the reference; the noise floor of the drift score depends on it.",
            "samples",
            "feature");

    // --- server: life ---
    public static final Metric MODEL_READY =
            metric("millrace_model_ready", GAUGE, "1 while the model is loaded and warm, else 0.", "boolean");
    public static final Metric MODEL_SWAPS = metric(
            "millrace_model_swaps",
            COUNTER,
            "Attempts to replace the model of a running server by the one that serving.json names: done (counted by the"
                    + " new version) or failed (by the version that keeps answering).",
            "attempts",
            "result");
    public static final Metric CREATED_TIMESTAMP = metric(
            "millrace_created_timestamp_seconds",
            GAUGE,
            "When this model version began to serve, since 1970; slow alerts wait for it.",
            "seconds");
    public static final Metric WARMUP =
            metric("millrace_warmup_seconds", GAUGE, "How long load and warm-up took.", "seconds");

    // --- aggregator ---
    public static final Metric AGGREGATOR_EVENTS = metric(
            "millrace_aggregator_events",
            COUNTER,
            "Events read from the topic: applied, duplicate (offset seen before), deduplicated (its"
                    + " producer had sent it before), late (beyond allowedLateness),"
                    + " filtered (the filter said no), dead_letter (malformed, sent to the dead letter topic).",
            "events",
            "group",
            "result");
    public static final Metric DEDUP_FORGOTTEN = metric(
            "millrace_dedup_forgotten",
            COUNTER,
            "Events whose id was forgotten within dedup.window because their entity had more than 1 024 of them: sent"
                    + " again they count again.",
            "events",
            "group");
    public static final Metric STATES_OVERTAKEN = metric(
            "millrace_aggregator_states_overtaken",
            COUNTER,
            "Entities whose changelog had an older state behind a newer one, written by an aggregator that stood still while"
                    + " another took over. The newer one was kept and written again: nothing is lost.",
            "values",
            "group");
    public static final Metric LATE_BEFORE_BATCH = metric(
            "millrace_late_before_batch",
            COUNTER,
            "Events of a hybrid group whose time is before the end of its batch: no read counts them until the next run of"
                    + " the files has them.",
            "events",
            "group");
    public static final Metric FEATURE_PIPELINE = metric(
            "millrace_feature_pipeline_seconds",
            HISTOGRAM,
            "Freshness: from the append of an event to Kafka to the store's acknowledgement of its value.",
            "seconds",
            "group");
    public static final Metric FEATURE_WATERMARK_LAG = metric(
            "millrace_feature_watermark_lag_seconds",
            GAUGE,
            "Time since a partition was last caught up; above maxLag its entities are stale.",
            "seconds",
            "group",
            "partition");
    public static final Metric FEATURE_WATERMARK_TIMESTAMP = metric(
            "millrace_feature_watermark_timestamp_seconds",
            GAUGE,
            "Time up to which all events of the group are in the store, since 1970; the least of the partitions.",
            "seconds",
            "group");
    public static final Metric SOURCE_LAG = metric(
            "millrace_source_lag_records",
            GAUGE,
            "Records of a partition that are not in the store yet.",
            "records",
            "group",
            "partition");
    public static final Metric STORE_WRITES = metric(
            "millrace_store_writes",
            COUNTER,
            "Values sent to the store: written, superseded (a newer version was there), failed (tried again).",
            "values",
            "group",
            "result");
    public static final Metric STORE_QUEUE_DEPTH =
            metric("millrace_store_queue_depth", GAUGE, "Values that wait for the store's acknowledgement.", "values");
    public static final Metric ROCKSDB_MEMORY = metric(
            "millrace_aggregator_rocksdb_bytes",
            GAUGE,
            "Memory outside the heap that tiles on disk take (aggregator.state: RocksDB): part = blocks (what was read"
                    + " and is kept) or memtables (what was not written to disk yet).",
            "bytes",
            "part");
    public static final Metric ROCKSDB_MEMORY_LIMIT = metric(
            "millrace_aggregator_rocksdb_limit_bytes",
            GAUGE,
            "What each part of that memory may take: blocks are thrown away before it is exceeded, memtables are written to disk.",
            "bytes",
            "part");
    public static final Metric STATE_RESTORED = metric(
            "millrace_aggregator_restored",
            COUNTER,
            "Records of changelogs that were read into tiles: task = active (nothing of the partition is read meanwhile)"
                    + " or standby (kept ready for the aggregator of the partition to fail).",
            "records",
            "group",
            "task");
    public static final Metric PARTITIONS_WAITING = metric(
            "millrace_aggregator_waiting_partitions",
            GAUGE,
            "Partitions that stand still because the registry does not have the schema of their next event, or does not"
                    + " answer; nothing of them is dropped, and status names the schema.",
            "partitions",
            "group");

    private static final List<Metric> SERVER = List.of(
            REQUESTS,
            REQUEST_DURATION,
            CALLS_CUT,
            FEATURE_CALLS,
            SLO_EVENTS,
            SLO_THRESHOLD,
            FALLBACKS,
            FALLBACK_STEPS_SKIPPED,
            CACHE_REQUESTS,
            CACHE_AGE,
            LOG_RECORDS,
            PREWARM_RECORDS,
            PREWARM_FOLLOWING,
            STREAM_READINGS,
            STREAM_TRANSACTIONS,
            STREAM_RESULT,
            STREAM_LAG,
            STREAM_LAG_SECONDS,
            STREAM_PARTITIONS,
            SCHEDULER_INFLIGHT,
            SCHEDULER_INFLIGHT_LIMIT,
            SCHEDULER_INFLIGHT_SECONDS,
            BATCH_SIZE,
            EXECUTIONS_TERMINATED,
            CALIBRATED_EXECUTION,
            FEATURE_READS,
            STORE_BREAKER,
            STORE_BREAKER_TRANSITIONS,
            STORE_HEDGED_READS,
            FEATURE_READ_AGE,
            BATCH_AGE,
            BATCH_ROWS,
            SQL_QUERIES,
            SQL_QUERY_SECONDS,
            SQL_CONNECTIONS_IN_USE,
            SQL_CACHE_ENTRIES,
            FEATURE_OBSERVATIONS,
            FEATURE_REFERENCE_RATIO,
            FEATURE_REFERENCE_SAMPLES,
            MODEL_READY,
            MODEL_SWAPS,
            CREATED_TIMESTAMP,
            WARMUP);

    private static final List<Metric> AGGREGATOR = List.of(
            AGGREGATOR_EVENTS,
            DEDUP_FORGOTTEN,
            STATES_OVERTAKEN,
            LATE_BEFORE_BATCH,
            FEATURE_PIPELINE,
            FEATURE_WATERMARK_LAG,
            FEATURE_WATERMARK_TIMESTAMP,
            SOURCE_LAG,
            STORE_WRITES,
            STORE_QUEUE_DEPTH,
            ROCKSDB_MEMORY,
            ROCKSDB_MEMORY_LIMIT,
            STATE_RESTORED,
            PARTITIONS_WAITING);

    private Metrics() {}

    /** Those of a model server. */
    public static List<Metric> server() {
        return SERVER;
    }

    /** Those of an aggregator. */
    public static List<Metric> aggregator() {
        return AGGREGATOR;
    }

    /** All of them, in the order of the docs. */
    public static List<Metric> all() {
        return Stream.concat(SERVER.stream(), AGGREGATOR.stream()).toList();
    }

    private static Metric metric(String name, Type type, String help, String unit, String... labels) {
        return new Metric(name, type, help, unit, List.of(labels));
    }
}
