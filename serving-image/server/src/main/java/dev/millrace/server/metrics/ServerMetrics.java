package dev.millrace.server.metrics;

import dev.millrace.contract.config.ServingConfig;
import dev.millrace.contract.metrics.Metrics;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;

/**
 * What one server counts. Every label set that can occur exists from the start with 0, so that a rate is right from the
 * first event and "nothing happened" differs from "not there".
 */
public final class ServerMetrics {
    /** Seconds: a request cache holds for seconds, an entity cache for hours. */
    private static final double[] CACHE_AGES = {0.1, 1, 10, 60, 600, 3_600, 21_600, 86_400};

    private static final double[] FRACTIONS = {1 / 16d, 1 / 8d, 1 / 4d, 1 / 2d, 3 / 4d, 1, 1.5, 2, 4, 8};
    private static final double[] AGES = {0.05, 0.25, 1, 5, 30, 300, 3600, 86_400, 7 * 86_400};

    private static final List<String> REASONS = List.of(
            "ModelUnavailable", "Timeout", "Overload", "FeatureStoreUnavailable", "FeatureMissing", "FeatureStale");

    private final PrometheusRegistry registry;
    private final Instruments instruments;
    private final double thresholdSeconds;
    private final Map<String, Map<Outcome, CounterDataPoint>> requests = new HashMap<>();
    private final Map<Stage, DistributionDataPoint> durations = new EnumMap<>(Stage.class);
    private final Map<String, CounterDataPoint> fallbacks = new HashMap<>();
    private final CounterDataPoint latencyGood;
    private final CounterDataPoint latencyBad;
    private final CounterDataPoint availabilityGood;
    private final CounterDataPoint availabilityBad;
    private final SliWindows sli;
    private final LongSupplier nanos;
    private final CounterDataPoint skippedPreviousVersion;
    private final CounterDataPoint cacheHit;
    private final CounterDataPoint cacheMiss;
    private final CounterDataPoint cacheCoalesced;
    private final CounterDataPoint entityHit;
    private final CounterDataPoint entityMiss;
    private final DistributionDataPoint cacheAge;
    private final DistributionDataPoint batchSize;
    private final CounterDataPoint terminated;
    private final Map<String, CounterDataPoint> cuts = new HashMap<>();
    private final Map<Outcome, CounterDataPoint> featureCalls = new EnumMap<>(Outcome.class);
    private final CounterDataPoint swapped;
    private final CounterDataPoint swapFailed;
    private final Gauge calibrated;
    private final Gauge modelReady;
    private final Gauge created;
    private final Gauge warmup;
    private final List<Consumer<BiConsumer<Double, String[]>>> inFlight = new ArrayList<>();
    private final ModelStatistics statistics;

    public ServerMetrics(ServingConfig config) {
        this(config, System::nanoTime);
    }

    /** @param nanos as {@code System.nanoTime}, for the status' windows */
    ServerMetrics(ServingConfig config, LongSupplier nanos) {
        this(config, nanos, new PrometheusRegistry());
    }

    private ServerMetrics(ServingConfig config, LongSupplier nanos, PrometheusRegistry registry) {
        this(config, nanos, registry, new Instruments(registry, labels(config)));
    }

    private ServerMetrics(
            ServingConfig config, LongSupplier nanos, PrometheusRegistry registry, Instruments instruments) {
        this.nanos = nanos;
        this.registry = registry;
        this.instruments = instruments;
        statistics = new ModelStatistics(config.server().maxBatchSize());
        thresholdSeconds = config.slo().thresholdMs() / 1000;
        Counter requestCounter = instruments.counter(Metrics.REQUESTS);
        for (String protocol : List.of("rest", "grpc")) {
            Map<Outcome, CounterDataPoint> byOutcome = new EnumMap<>(Outcome.class);
            for (Outcome o : Outcome.values()) {
                byOutcome.put(o, requestCounter.labelValues(instruments.values(protocol, o.label())));
            }
            requests.put(protocol, byOutcome);
        }
        double[] bounds = new double[FRACTIONS.length];
        for (int i = 0; i < bounds.length; i++) {
            bounds[i] = FRACTIONS[i] * thresholdSeconds;
        }
        Histogram duration = instruments.histogram(Metrics.REQUEST_DURATION, bounds);
        for (Stage s : Stage.values()) {
            durations.put(s, duration.labelValues(instruments.values(s.label())));
        }
        Counter slo = instruments.counter(Metrics.SLO_EVENTS);
        String threshold = plain(thresholdSeconds);
        latencyGood = slo.labelValues(instruments.values("latency", config.slo().percentile(), threshold, "good"));
        latencyBad = slo.labelValues(instruments.values("latency", config.slo().percentile(), threshold, "bad"));
        availabilityGood =
                slo.labelValues(instruments.values("availability", config.slo().availability(), "", "good"));
        availabilityBad =
                slo.labelValues(instruments.values("availability", config.slo().availability(), "", "bad"));
        sli = new SliWindows(config.slo(), latencyGood, latencyBad, availabilityGood, availabilityBad, nanos);
        instruments
                .gauge(Metrics.SLO_THRESHOLD)
                .labelValues(instruments.values())
                .set(thresholdSeconds);
        Counter fallback = instruments.counter(Metrics.FALLBACKS);
        REASONS.forEach(r -> fallbacks.put(r, fallback.labelValues(instruments.values(r))));
        skippedPreviousVersion =
                instruments.counter(Metrics.FALLBACK_STEPS_SKIPPED).labelValues(instruments.values("PreviousVersion"));
        Counter cache = instruments.counter(Metrics.CACHE_REQUESTS);
        cacheHit = cache.labelValues(instruments.values("l1", "hit"));
        cacheMiss = cache.labelValues(instruments.values("l1", "miss"));
        cacheCoalesced = cache.labelValues(instruments.values("l1", "coalesced"));
        entityHit = cache.labelValues(instruments.values("l2", "hit"));
        entityMiss = cache.labelValues(instruments.values("l2", "miss"));
        cacheAge = instruments.histogram(Metrics.CACHE_AGE, CACHE_AGES).labelValues(instruments.values());
        batchSize = instruments
                .histogram(Metrics.BATCH_SIZE, 1, 2, 4, 8, 16, 32, 64, 128, 256)
                .labelValues(instruments.values());
        terminated = instruments.counter(Metrics.EXECUTIONS_TERMINATED).labelValues(instruments.values());
        Counter featureCall = instruments.counter(Metrics.FEATURE_CALLS);
        for (Outcome o : List.of(Outcome.OK, Outcome.INVALID, Outcome.ERROR)) {
            featureCalls.put(o, featureCall.labelValues(instruments.values(o.label())));
        }
        Counter cut = instruments.counter(Metrics.CALLS_CUT);
        List.of("SlowRequest", "SlowAnswer").forEach(r -> cuts.put(r, cut.labelValues(instruments.values(r))));
        calibrated = instruments.gauge(Metrics.CALIBRATED_EXECUTION);
        modelReady = instruments.gauge(Metrics.MODEL_READY);
        // 0, or what it is where the same version comes again as another file
        modelReady.labelValues(instruments.values());
        Counter swap = instruments.counter(Metrics.MODEL_SWAPS);
        swapped = swap.labelValues(instruments.values("done"));
        swapFailed = swap.labelValues(instruments.values("failed"));
        created = instruments.gauge(Metrics.CREATED_TIMESTAMP);
        warmup = instruments.gauge(Metrics.WARMUP);
        instruments.gauge(Metrics.SCHEDULER_INFLIGHT, out -> inFlight.forEach(read -> read.accept(out)));
    }

    /** A decimal without an exponent, as rules and dashboards write it: 0.05. */
    static String plain(double seconds) {
        return java.math.BigDecimal.valueOf(seconds).stripTrailingZeros().toPlainString();
    }

    private static String[] labels(ServingConfig config) {
        return new String[] {config.namespace(), config.name(), config.model().version(), config.variant()};
    }

    /** What another version of the model counts, beside what this one has counted. */
    public ServerMetrics forVersion(ServingConfig config) {
        return new ServerMetrics(config, nanos, registry, instruments.with(labels(config)));
    }

    /** The version has handed over to {@code successor}: its counts stay, its measures of the moment go. */
    public void settle(ServerMetrics successor) {
        if (instruments.sameLabels(successor.instruments)) {
            instruments.release();
        } else {
            instruments.settle();
        }
    }

    /** The version is gone for good, and what it counted has been scraped. */
    public void forget() {
        instruments.forget();
    }

    /** Whether both count under the same labels: the same version, of another file. */
    public boolean sharesLabels(ServerMetrics other) {
        return instruments.sameLabels(other.instruments);
    }

    public PrometheusRegistry registry() {
        return registry;
    }

    /** For parts of the server that count on their own: features, drift, log. */
    Instruments instruments() {
        return instruments;
    }

    LongSupplier nanos() {
        return nanos;
    }

    /** The SLO's counters over the last minutes and the last hour. */
    public SliWindows sli() {
        return sli;
    }

    /** The same events, as the statistics endpoint shows them. */
    public ModelStatistics statistics() {
        return statistics;
    }

    public double thresholdSeconds() {
        return thresholdSeconds;
    }

    /** One finished request: its outcome, and what that means for the SLOs. */
    public void request(String protocol, Outcome outcome, double seconds) {
        point(requests.getOrDefault(protocol, Map.of()), outcome).inc();
        observe(Stage.TOTAL, seconds);
        if (outcome.counts()) {
            statistics.request(outcome == Outcome.OK, seconds);
            (outcome.isAvailable() ? availabilityGood : availabilityBad).inc();
            (outcome.isInTime(seconds, thresholdSeconds) ? latencyGood : latencyBad).inc();
        }
    }

    public void observe(Stage stage, double seconds) {
        DistributionDataPoint point = durations.get(stage);
        if (point != null) {
            point.observe(seconds);
        }
        switch (stage) {
            case QUEUE -> statistics.queued(seconds);
            case INFERENCE -> statistics.inferred(seconds);
            default -> {}
        }
    }

    /** A request that was answered: what decoding it and encoding its answer took. */
    public void codec(long decodeNanos, long encodeNanos) {
        statistics.codec(decodeNanos, encodeNanos);
    }

    /** One prediction that the fallback answered. */
    public void fallback(String reason) {
        point(fallbacks, reason).inc();
    }

    /** {@code PreviousVersion} is in {@code fallback.order} and no earlier version is loaded. */
    public void skippedPreviousVersion() {
        skippedPreviousVersion.inc();
    }

    /** L2. */
    public void entityCache(boolean hit) {
        (hit ? entityHit : entityMiss).inc();
    }

    /** How old an answer from a cache is. */
    public void cacheAge(long nanos) {
        cacheAge.observe(nanos / 1e9);
    }

    /** L1. */
    public void cache(boolean hit) {
        (hit ? cacheHit : cacheMiss).inc();
        statistics.cache(hit);
    }

    /** L1 had no answer yet, but another call for the same had it computed. */
    public void coalesced() {
        cacheCoalesced.inc();
        statistics.cache(true);
    }

    /** One execution of the model. */
    public void batch(int rows, long nanos) {
        batchSize.observe(rows);
        statistics.executed(rows, nanos);
    }

    /** A caller was not waited for any longer. */
    public void cut(String reason) {
        point(cuts, reason).inc();
    }

    /** A call of get-online-features. */
    public void featureCall(Outcome outcome) {
        point(featureCalls, outcome).inc();
    }

    /** An execution was ended early. */
    public void terminated() {
        terminated.inc();
    }

    public void calibrated(int rows, double seconds) {
        calibrated.labelValues(instruments.values(Integer.toString(rows))).set(seconds);
    }

    /** Requests in the scheduler; called once. */
    public void watchScheduler(IntSupplier queued, IntSupplier executing, IntSupplier limit, DoubleSupplier seconds) {
        inFlight.add(out -> {
            out.accept((double) queued.getAsInt(), new String[] {"queued"});
            out.accept((double) executing.getAsInt(), new String[] {"executing"});
        });
        instruments.gauge(
                Metrics.SCHEDULER_INFLIGHT_LIMIT, out -> out.accept((double) limit.getAsInt(), new String[0]));
        instruments.counter(Metrics.SCHEDULER_INFLIGHT_SECONDS, seconds);
    }

    /** The document named another model: it took over, which this version counts, or could not, which the old one does. */
    public void swap(boolean done) {
        (done ? swapped : swapFailed).inc();
    }

    public void ready(boolean ready) {
        modelReady.labelValues(instruments.values()).set(ready ? 1 : 0);
    }

    /** The model began to serve. */
    public void created(double epochSeconds, double warmupSeconds) {
        created.labelValues(instruments.values()).set(epochSeconds);
        warmup.labelValues(instruments.values()).set(warmupSeconds);
        statistics.begin();
    }

    static double[] ages() {
        return AGES.clone();
    }

    private static <K> CounterDataPoint point(Map<K, CounterDataPoint> points, K key) {
        CounterDataPoint point = points.get(key);
        if (point == null) {
            throw new IllegalArgumentException("no such label value: " + key);
        }
        return point;
    }
}
