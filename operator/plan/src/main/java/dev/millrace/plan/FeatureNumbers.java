package dev.millrace.plan;

import dev.millrace.api.v1alpha1.AggregationArgs;
import dev.millrace.api.v1alpha1.AggregationSpec;
import dev.millrace.api.v1alpha1.AggregatorSpec;
import dev.millrace.api.v1alpha1.AggregatorState;
import dev.millrace.api.v1alpha1.BatchSpec;
import dev.millrace.api.v1alpha1.ColumnSpec;
import dev.millrace.api.v1alpha1.DedupSpec;
import dev.millrace.api.v1alpha1.EntitySpec;
import dev.millrace.api.v1alpha1.EventTimeSpec;
import dev.millrace.api.v1alpha1.FeatureGroupSpec;
import dev.millrace.api.v1alpha1.FeaturesSpec;
import dev.millrace.api.v1alpha1.LocalRef;
import dev.millrace.api.v1alpha1.ManagedStore;
import dev.millrace.api.v1alpha1.ModelStorage;
import dev.millrace.api.v1alpha1.Repartition;
import dev.millrace.api.v1alpha1.SqlSpec;
import dev.millrace.api.v1alpha1.StoreSpec;
import dev.millrace.api.v1alpha1.StreamSpec;
import dev.millrace.contract.config.Entity;
import dev.millrace.contract.config.FeatureGroup;
import dev.millrace.contract.config.ServingConfig.RequestField;
import dev.millrace.contract.feature.TileLayout;
import dev.millrace.contract.feature.Window;
import io.fabric8.kubernetes.api.model.Quantity;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The features side of a plan. */
public final class FeatureNumbers {
    /** {@code dedup.window} when the spec does not say. */
    public static final String DEFAULT_DEDUP = "10m";
    /** {@code allowedLateness} when the spec does not say. */
    public static final String DEFAULT_LATENESS = "10m";

    private static final String DEFAULT_MAX_FUTURE = "5s";
    private static final Quantity DEFAULT_MEMORY = new Quantity("256Mi");
    /** Values' share of the store's memory; buffers and fragmentation have the rest. */
    private static final BigDecimal STORE_SHARE = new BigDecimal("0.75");

    private static final Quantity AGGREGATOR_MEMORY = new Quantity("1Gi");
    /** Of the memory request. The image with RocksDB gives 40 % to the heap; code, threads and buffers have the rest. */
    private static final BigDecimal ROCKSDB_SHARE = new BigDecimal("0.3");
    /** What Kafka Streams writes down of tiles in memory. */
    private static final Quantity IN_MEMORY_STATE = new Quantity("1Gi");

    private static final long MI = 1024 * 1024;

    private final FeaturesSpec spec;
    private final List<String> vector;
    private final String model;
    private final Derivations derivations;

    private FeatureNumbers(FeaturesSpec spec, List<String> vector, String model, Derivations derivations) {
        this.spec = spec;
        this.vector = vector;
        this.model = model;
        this.derivations = derivations;
    }

    static FeaturesPlan of(FeaturesSpec spec, List<String> vector, String model, Derivations derivations) {
        return new FeatureNumbers(spec, vector, model, derivations).plan();
    }

    private static BatchPlan batch(BatchSpec spec) {
        ModelStorage storage = spec.getStorage();
        LocalRef secret = storage == null ? null : storage.getSecretRef();
        return new BatchPlan(
                Source.parse(spec.getStorageUri()),
                spec.getSchedule(),
                spec.getParallelism() == null ? 1 : spec.getParallelism(),
                secret == null ? null : secret.getName(),
                storage == null ? null : storage.getEndpoint(),
                storage == null ? null : storage.getRegion());
    }

    private FeaturesPlan plan() {
        List<Entity> entities =
                spec.getEntities().stream().map(FeatureNumbers::entity).toList();
        List<FeatureGroup> groups = new ArrayList<>();
        Map<String, BatchPlan> batches = new TreeMap<>();
        Map<String, String> sqlSecrets = new TreeMap<>();
        boolean streams = false;
        for (FeatureGroupSpec given : spec.getGroups()) {
            groups.add(revised(group(given), entities));
            BatchSpec batch = given.getBatch();
            if (batch != null) {
                batches.put(given.getName(), batch(batch));
            }
            SqlSpec sql = given.getSql();
            if (sql != null && sql.getSecretRef() != null) {
                sqlSecrets.put(given.getName(), sql.getSecretRef().getName());
            }
            streams |= given.getStream() != null;
        }
        return new FeaturesPlan(
                store(spec.getStore()),
                entities,
                groups,
                batches,
                sqlSecrets,
                spec.getRequest().stream()
                        .map(r -> new RequestField(
                                r.getName(),
                                name(r.getDatatype()),
                                Boolean.TRUE.equals(r.getRequired()),
                                r.getDefaultValue()))
                        .toList(),
                Vectors.expand(spec, vector),
                spec.getOnMissing() == null ? "Default" : spec.getOnMissing().name(),
                spec.getOnStale() == null ? "Serve" : spec.getOnStale().name(),
                streams ? aggregator(spec.getAggregator()) : null);
    }

    private StorePlan store(StoreSpec given) {
        if (given.getExternal() != null) {
            return new StorePlan.External(
                    given.getExternal().getAddress(),
                    given.getExternal().getSecretRef() == null
                            ? null
                            : given.getExternal().getSecretRef().getName(),
                    given.getExternal().getCaSecretRef() == null
                            ? null
                            : given.getExternal().getCaSecretRef().getName());
        }
        ManagedStore managed = given.getManaged();
        Quantity memory = managed == null || managed.getMemory() == null ? DEFAULT_MEMORY : managed.getMemory();
        BigDecimal bytes = Quantities.number(memory);
        long mebibytes = bytes.divide(STORE_SHARE, RoundingMode.CEILING)
                .divide(BigDecimal.valueOf(MI), RoundingMode.CEILING)
                .longValue();
        Quantity limit = Quantities.bytes(mebibytes * MI);
        derivations.add(
                "features.store.limit",
                limit.toString(),
                "the values' " + memory + " are 75 % of it; buffers and fragmentation have the rest");
        return new StorePlan.Managed(bytes.longValue(), limit);
    }

    private AggregatorPlan aggregator(AggregatorSpec given) {
        Map<String, Quantity> requests = new TreeMap<>();
        Map<String, Quantity> limits = new TreeMap<>();
        ServerNumbers.fill(
                given.getResources(),
                requests,
                limits,
                "features.aggregator",
                Map.of("cpu", "1", "memory", AGGREGATOR_MEMORY.toString()),
                derivations);
        int threads = (int) Math.max(
                1,
                Math.ceil(Quantities.number(limits.getOrDefault("cpu", new Quantity("1")))
                        .doubleValue()));
        derivations.add("features.aggregator.threads", String.valueOf(threads), "the CPU limit, rounded up");
        int min = given.getMinReplicas() == null ? 1 : given.getMinReplicas();
        int max = Math.max(min, given.getMaxReplicas() == null ? min : given.getMaxReplicas());
        if (max > min) {
            derivations.add(
                    "features.aggregator.replicas",
                    min + " to " + max,
                    "one more when a group lags by half of its maxLag for 10 s, fewer when those would be busy for no more"
                            + " than 60 % for 5 min; never more than partitions");
        }
        boolean onDisk = given.getState() == AggregatorState.RocksDB;
        return new AggregatorPlan(
                min,
                min,
                max,
                threads,
                requests,
                limits,
                onDisk ? rocksDbBytes(requests) : null,
                onDisk ? stateSize(requests, limits) : IN_MEMORY_STATE);
    }

    private long rocksDbBytes(Map<String, Quantity> requests) {
        Quantity memory = requests.getOrDefault("memory", AGGREGATOR_MEMORY);
        long mebibytes = Quantities.number(memory)
                .multiply(ROCKSDB_SHARE)
                .divide(BigDecimal.valueOf(MI), RoundingMode.FLOOR)
                .longValue();
        derivations.add(
                "features.aggregator.rocksDb",
                Quantities.bytes(mebibytes * MI).toString(),
                "30 % of the memory request, for what was read and what is not written yet, of all partitions; 40 % are heap");
        return mebibytes * MI;
    }

    private Quantity stateSize(Map<String, Quantity> requests, Map<String, Quantity> limits) {
        Quantity given = limits.get("ephemeral-storage");
        if (given != null) {
            derivations.add("features.aggregator.stateSize", given.toString(), "the ephemeral-storage limit");
            return given;
        }
        Quantity size = Quantities.bytes(Quantities.number(requests.getOrDefault("memory", AGGREGATOR_MEMORY))
                        .multiply(BigDecimal.TEN)
                        .divide(BigDecimal.valueOf(MI), RoundingMode.FLOOR)
                        .longValue()
                * MI);
        derivations.add(
                "features.aggregator.stateSize",
                size.toString(),
                "ten times the memory request; another one by resources.limits.ephemeral-storage. A pod that fills it is"
                        + " evicted, and its state restored from Kafka");
        return size;
    }

    private static Entity entity(EntitySpec given) {
        return new Entity(
                given.getName(),
                given.getKeys().stream()
                        .map(k -> new Entity.EntityKey(k.getName(), name(k.getType())))
                        .toList());
    }

    private FeatureGroup group(FeatureGroupSpec given) {
        StreamSpec stream = given.getStream();
        BatchSpec batch = given.getBatch();
        return new FeatureGroup(
                given.getName(),
                given.getEntity(),
                "",
                stream == null ? null : stream(given.getName(), stream),
                batch == null ? null : new FeatureGroup.Batch("", name(batch.getFormat()), batch.getTimestampField()),
                given.getAggregations().stream()
                        .map(FeatureNumbers::aggregation)
                        .toList(),
                given.getColumns().stream().map(FeatureNumbers::column).toList(),
                Durations.parse(given.getTtl()).toMillis(),
                Durations.wholeMillis(given.getFreshness().getMaxLag()),
                Durations.wholeMillis(given.getFreshness().getPipeline()),
                Durations.wholeMillis(given.getFreshness().getMaxAge()),
                given.getOnMissing() != null
                        ? given.getOnMissing().name()
                        : spec.getOnMissing() == null
                                ? "Default"
                                : spec.getOnMissing().name(),
                given.getOnStale() != null
                        ? given.getOnStale().name()
                        : spec.getOnStale() == null
                                ? "Serve"
                                : spec.getOnStale().name(),
                given.getSql() == null ? null : SqlNumbers.of(given.getName(), given.getSql(), derivations),
                FeastNumbers.of(spec, given, derivations));
    }

    private FeatureGroup.Stream stream(String group, StreamSpec given) {
        EventTimeSpec time = given.getEventTime();
        String deadLetters = given.getDeadLetterTopic();
        if (deadLetters == null) {
            deadLetters = given.getTopic() + "." + model + ".dlq";
            derivations.add(
                    "features.groups[" + group + "].stream.deadLetterTopic", deadLetters, "<topic>.<model>.dlq");
        }
        return new FeatureGroup.Stream(
                given.getTopic(),
                given.getFormat() == null ? "json" : given.getFormat().name(),
                time.getField(),
                time.getUnit() == null ? "ms" : time.getUnit().name(),
                Durations.parse(time.getMaxFuture() == null ? DEFAULT_MAX_FUTURE : time.getMaxFuture())
                        .toMillis(),
                Durations.parse(given.getAllowedLateness() == null ? DEFAULT_LATENESS : given.getAllowedLateness())
                        .toMillis(),
                given.getFilter(),
                deadLetters,
                given.getRepartition() == Repartition.Auto ? Repartition.Auto.name() : null,
                dedup(given.getDedup()));
    }

    private static FeatureGroup.@Nullable Dedup dedup(@Nullable DedupSpec given) {
        return given == null
                ? null
                : new FeatureGroup.Dedup(
                        given.getField(),
                        Durations.parse(given.getWindow() == null ? DEFAULT_DEDUP : given.getWindow())
                                .toMillis());
    }

    private static FeatureGroup.Aggregation aggregation(AggregationSpec given) {
        Map<String, String> args = new TreeMap<>();
        AggregationArgs a = given.getArgs();
        if (a != null) {
            put(args, "n", a.getN());
            put(args, "lgK", a.getLgK());
            put(args, "q", a.getQ());
            if (a.getHalfLife() != null) {
                put(args, "halfLifeMs", Durations.parse(a.getHalfLife()).toMillis());
            }
        }
        return new FeatureGroup.Aggregation(
                given.getName(),
                name(given.getFunction()),
                given.getColumn(),
                Durations.parse(given.getTimeWindow()).toMillis(),
                args,
                given.getDefaultValue());
    }

    private static FeatureGroup.Column column(ColumnSpec given) {
        return new FeatureGroup.Column(given.getName(), name(given.getDatatype()), given.getDefaultValue());
    }

    private static void put(Map<String, String> args, String name, @Nullable Object value) {
        if (value != null) {
            args.put(name, value.toString());
        }
    }

    private static String name(@Nullable Enum<?> value) {
        return Objects.requireNonNull(value, "SpecCheck lets no spec without it pass")
                .name();
    }

    /** How windows are cut, and by how much one may be too long. */
    private void windows(FeatureGroup group) {
        SortedSet<Window> windows =
                new TreeSet<>(Comparator.comparingLong(Window::windowMs).thenComparingLong(Window::hopMs));
        windows.addAll(TileLayout.of(group).windows());
        derivations.add(
                "features.groups[" + group.name() + "].hops",
                windows.stream()
                        .map(w -> millis(w.windowMs()) + "/" + millis(w.hopMs()))
                        .collect(Collectors.joining(" ")),
                "window/hop; a window's old edge moves in hops, so it may be too long by one: "
                        + windows.stream()
                                .map(w -> String.format(Locale.ROOT, "%.1f %%", 100 * w.maxOverCoverage()))
                                .collect(Collectors.joining(", ")));
    }

    private static String millis(long ms) {
        return Durations.format(Duration.ofMillis(ms));
    }

    private FeatureGroup revised(FeatureGroup group, List<Entity> entities) {
        String revision = Revisions.of(group, entities);
        derivations.add(
                "features.groups[" + group.name() + "].revision", revision, "of everything that shapes a stored value");
        if (group.stream() != null) {
            windows(group);
        }
        if (group.stream() != null && group.batch() != null) {
            derivations.add(
                    "features.groups[" + group.name() + "].streamKeeps",
                    millis(TileLayout.of(group).tailMs()),
                    "twice freshness.maxAge: a batch that is late is told before events are missed");
        }
        return new FeatureGroup(
                group.name(),
                group.entity(),
                revision,
                group.stream(),
                group.batch(),
                group.aggregations(),
                group.columns(),
                group.ttlMs(),
                group.maxLagMs(),
                group.pipelineMs(),
                group.maxAgeMs(),
                group.onMissing(),
                group.onStale(),
                group.sql(),
                group.feast());
    }
}
