package dev.millrace.contract.config;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A feature group as server and aggregator see it. Exactly one of {@code stream}, {@code batch} and {@code sql} is set
 * (hybrid groups set the first two); none of them when Feast writes the values.
 *
 * @param revision 4 hex digits of the definition's hash; part of the store key
 * @param aggregations of a stream group
 * @param columns of a batch or sql group
 * @param maxLagMs stream: partition lag above which values are stale; null = never
 * @param pipelineMs stream: p99 promised from append to readable
 * @param maxAgeMs batch and sql: age of the value above which it is stale
 * @param onMissing resolved: Default or Reject
 * @param onStale resolved: Serve, Default or Reject
 * @param sql null = its values are in the store
 * @param feast where they are in a store of Feast's; null = in our own layout
 */
public record FeatureGroup(
        String name,
        String entity,
        String revision,
        @Nullable Stream stream,
        @Nullable Batch batch,
        List<Aggregation> aggregations,
        List<Column> columns,
        long ttlMs,
        @Nullable Long maxLagMs,
        @Nullable Long pipelineMs,
        @Nullable Long maxAgeMs,
        String onMissing,
        String onStale,
        @Nullable Sql sql,
        @Nullable Feast feast) {

    /** Of values in our own layout. */
    public FeatureGroup(
            String name,
            String entity,
            String revision,
            @Nullable Stream stream,
            @Nullable Batch batch,
            List<Aggregation> aggregations,
            List<Column> columns,
            long ttlMs,
            @Nullable Long maxLagMs,
            @Nullable Long pipelineMs,
            @Nullable Long maxAgeMs,
            String onMissing,
            String onStale,
            @Nullable Sql sql) {
        this(
                name,
                entity,
                revision,
                stream,
                batch,
                aggregations,
                columns,
                ttlMs,
                maxLagMs,
                pipelineMs,
                maxAgeMs,
                onMissing,
                onStale,
                sql,
                null);
    }

    /** Of values in the store. */
    public FeatureGroup(
            String name,
            String entity,
            String revision,
            @Nullable Stream stream,
            @Nullable Batch batch,
            List<Aggregation> aggregations,
            List<Column> columns,
            long ttlMs,
            @Nullable Long maxLagMs,
            @Nullable Long pipelineMs,
            @Nullable Long maxAgeMs,
            String onMissing,
            String onStale) {
        this(
                name,
                entity,
                revision,
                stream,
                batch,
                aggregations,
                columns,
                ttlMs,
                maxLagMs,
                pipelineMs,
                maxAgeMs,
                onMissing,
                onStale,
                null);
    }

    /**
     * @param format json, cloudevents, avro or protobuf
     * @param eventTimeField null = the record's own timestamp
     * @param eventTimeUnit s, ms, us, ns or iso8601
     * @param filter CEL over the event's fields; null = every event
     * @param deadLetterTopic resolved name
     * @param repartition {@code Auto} where events are re-keyed; null = never
     * @param dedup null = what a producer sends twice counts twice
     */
    public record Stream(
            String topic,
            String format,
            @Nullable String eventTimeField,
            String eventTimeUnit,
            long maxFutureMs,
            long allowedLatenessMs,
            @Nullable String filter,
            String deadLetterTopic,
            @Nullable String repartition,
            @Nullable Dedup dedup) {

        /** Of a topic that is keyed by the entity. */
        public Stream(
                String topic,
                String format,
                @Nullable String eventTimeField,
                String eventTimeUnit,
                long maxFutureMs,
                long allowedLatenessMs,
                @Nullable String filter,
                String deadLetterTopic) {
            this(
                    topic,
                    format,
                    eventTimeField,
                    eventTimeUnit,
                    maxFutureMs,
                    allowedLatenessMs,
                    filter,
                    deadLetterTopic,
                    null,
                    null);
        }
    }

    /** How long an event's id is known; 0 = what a producer sends twice counts twice. */
    public long dedupWindowMs() {
        Dedup dedup = stream == null ? null : stream.dedup();
        return dedup == null ? 0 : dedup.windowMs();
    }

    /**
     * @param field that holds the id that its producer gave an event
     * @param windowMs how long one is known, by event time
     */
    public record Dedup(String field, long windowMs) {}

    /**
     * @param path where the loader finds the files: a file, a directory or a pattern; or an address, {@code https://…},
     *     {@code s3://…} or {@code gs://…}
     * @param format parquet, csv or jsonl
     * @param timestampField the row's own time; null = the run's
     * @param access for the loader alone; null = the path needs none
     */
    public record Batch(String path, String format, @Nullable String timestampField, @Nullable Access access) {

        /** Files that need no credentials. */
        public Batch(String path, String format, @Nullable String timestampField) {
            this(path, format, timestampField, null);
        }
    }

    /**
     * How files at an address are reached.
     *
     * @param credentialsDir a file for each key of the Secret; null = nobody asks for any
     * @param endpoint of an object store that is not the public cloud's
     * @param region of the bucket
     */
    public record Access(@Nullable String credentialsDir, @Nullable String endpoint, @Nullable String region) {}

    /**
     * Rows of a PostgreSQL database, which a server reads beside its requests and keeps in its memory.
     *
     * @param credentialsDir a file for each key of the Secret: {@code uri}, or {@code host, port, database, username,
     *     password, sslmode}; and {@code ca.crt}. Read again at each connection, so that rotation needs no restart
     * @param query gives one row for the entity's keys, {@code $1} to {@code $n}
     * @param refreshMs age above which a row that is asked for is read again
     * @param timeoutMs after which a query is given up
     * @param maxConnections of one server
     * @param maxEntries rows that one server keeps
     */
    public record Sql(
            String credentialsDir, String query, long refreshMs, long timeoutMs, int maxConnections, int maxEntries) {}

    /**
     * A feature view in a Redis store of Feast's.
     *
     * @param view name of the feature view
     * @param joinKeys Feast's names of the entity's keys, in their order
     * @param keyTtlMs that each write gives to the entity's hash at least; null = it is left as it is
     */
    public record Feast(String project, String view, List<String> joinKeys, @Nullable Long keyTtlMs) {}

    /**
     * @param function an {@code AggregationFunction} name
     * @param column null for count
     * @param args {@code n, lgK, q, halfLife}
     * @param defaultValue null = the feature is required
     */
    public record Aggregation(
            String name,
            String function,
            @Nullable String column,
            long windowMs,
            Map<String, String> args,
            @Nullable String defaultValue) {}

    /** {@code datatype}: an Open Inference Protocol datatype. */
    public record Column(String name, String datatype, @Nullable String defaultValue) {}
}
