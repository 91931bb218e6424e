package dev.millrace.server.prewarm;

import dev.millrace.contract.config.Kafka;
import dev.millrace.contract.config.ServingConfig;
import dev.millrace.server.metrics.PrewarmMetrics;
import dev.millrace.server.predict.CallException;
import dev.millrace.server.predict.CallException.Kind;
import dev.millrace.server.predict.ModelVersion;
import dev.millrace.server.predict.PredictCall;
import dev.millrace.server.predict.PredictService;
import dev.millrace.server.predict.ServedModel;
import dev.millrace.server.prewarm.PopularCalls.Due;
import dev.millrace.server.prewarm.PopularCalls.Update;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the entity cache filled with the answers to a topic's calls. A version's cache is filled before callers are answered by it,
 * for a time; what comes later is computed one call after another, while no caller waits.
 */
public final class Prewarm implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Prewarm.class);
    /** Of all bodies that are kept for the next version. */
    private static final long MAX_BYTES = 64L << 20;

    private static final long READ_NANOS = TimeUnit.SECONDS.toNanos(15);
    private static final long RETRY_MS = 5_000;
    private static final long CHECK_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final int TRIES = 3;
    private static final int PARALLEL = 4;
    /** A call gives way to callers that wait, but not for ever. */
    private static final int GIVE_WAY = 100;

    private static final long GIVE_WAY_MS = 10;

    private final Kafka kafka;
    private final ServingConfig.Prewarm spec;
    private final Decoder decoder;
    private final Supplier<ModelVersion> current;
    private final PrewarmMetrics metrics;
    private final PopularCalls calls;
    /** The topic was read to its end, or could not be. */
    private final CountDownLatch looked = new CountDownLatch(1);

    private final CountDownLatch stopping = new CountDownLatch(1);
    private final Thread thread;
    private volatile List<PredictService> loops = List.of();
    private volatile boolean follows;
    private volatile @Nullable Trouble trouble;

    /** Reads the body of a predict call. */
    public interface Decoder {
        /**
         * @throws CallException of kind INVALID
         */
        PredictCall decode(byte[] body);
    }

    /**
     * Why nothing is made in advance.
     *
     * @param reason {@code KafkaUnavailable} or {@code TopicMissing}, for status
     */
    public record Trouble(String reason, String message) {}

    /**
     * Begins to read.
     *
     * @param current the version that answers, held until it is released
     */
    public Prewarm(
            Kafka kafka,
            ServingConfig.Prewarm spec,
            Decoder decoder,
            Supplier<ModelVersion> current,
            PrewarmMetrics metrics) {
        this.kafka = kafka;
        this.spec = spec;
        this.decoder = decoder;
        this.current = current;
        this.metrics = metrics;
        this.calls = new PopularCalls(spec.max(), MAX_BYTES);
        this.thread = new Thread(this::run, "prewarm");
        thread.setDaemon(true);
        thread.start();
    }

    /** Where the calls are computed. */
    public void use(List<PredictService> services) {
        loops = List.copyOf(services);
    }

    /** Null = the topic is followed. */
    public @Nullable Trouble trouble() {
        return trouble;
    }

    /**
     * Fills the cache of a version that is loaded and not asked by callers yet. Returns when it is full or the time is over; what
     * is left then is computed beside the callers.
     */
    public void fill(ModelVersion version, long nanos) throws InterruptedException {
        long begin = System.nanoTime();
        long until = begin + nanos;
        follows = false;
        if (!looked.await(nanos, TimeUnit.NANOSECONDS)) {
            LOG.warn("the topic {} is not read within {} s; it is gone on with", spec.topic(), nanos / 1_000_000_000);
        }
        calls.allDue();
        List<PredictService> services = loops;
        int done = 0;
        boolean more = !services.isEmpty();
        while (more && stopping.getCount() > 0 && System.nanoTime() < until) {
            List<Running> running = new ArrayList<>();
            for (int i = 0; i < PARALLEL && more; i++) {
                Due call = calls.take();
                more = call != null;
                if (call != null) {
                    running.add(begin(version, services.get(i % services.size()), call));
                }
            }
            for (Running r : running) {
                done += end(r) ? 1 : 0;
            }
        }
        LOG.info(
                "prewarmed {} of {} calls of {} in {} ms",
                done,
                calls.size(),
                spec.topic(),
                (System.nanoTime() - begin) / 1_000_000);
        follows = true;
    }

    private void run() {
        try {
            while (stopping.getCount() > 0) {
                try (PopularTopic topic = PopularTopic.open(kafka, spec.topic(), this::whose)) {
                    calls.replace(topic.newest(spec.max(), System.nanoTime() + READ_NANOS));
                    trouble = null;
                    metrics.following(true);
                    looked.countDown();
                    follow(topic);
                } catch (TopicTrouble e) {
                    report(new Trouble(e.reason(), e.getMessage()));
                    looked.countDown();
                    computeDue();
                    if (stopping.await(RETRY_MS, TimeUnit.MILLISECONDS)) {
                        return;
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.error("nothing more is made in advance", e);
            report(new Trouble("KafkaUnavailable", "cache.entity.prewarm: " + e + "; nothing more is made in advance"));
        } finally {
            looked.countDown();
        }
    }

    /** Of a record without a key: its newest call counts, as with one. */
    private String whose(byte @Nullable [] body) {
        if (body == null) {
            return "";
        }
        try {
            return decoder.decode(body).entities().toString();
        } catch (CallException e) {
            // counted when its turn comes
            return "";
        }
    }

    private void report(Trouble now) {
        Trouble before = trouble;
        if (before == null || !before.reason().equals(now.reason())) {
            LOG.warn("{}: {}; trying again", now.reason(), now.message());
        }
        trouble = now;
        metrics.following(false);
    }

    /** Until the topic has more partitions, or is away, or the server stops. */
    private void follow(PopularTopic topic) throws TopicTrouble, InterruptedException {
        long check = System.nanoTime() + CHECK_NANOS;
        while (stopping.getCount() > 0) {
            for (Update update : topic.next()) {
                calls.add(update);
            }
            computeDue();
            if (System.nanoTime() > check) {
                if (!topic.isWhole()) {
                    return;
                }
                check = System.nanoTime() + CHECK_NANOS;
            }
        }
    }

    /** Some of what is due, beside the callers. */
    private void computeDue() throws InterruptedException {
        for (int i = 0; i < spec.max() && follows && stopping.getCount() > 0; i++) {
            Due call = calls.take();
            if (call == null) {
                return;
            }
            ModelVersion version = current.get();
            try {
                giveWay(version.model());
                List<PredictService> services = loops;
                end(begin(version, services.get(i % services.size()), call));
            } finally {
                version.release();
            }
        }
    }

    private void giveWay(@Nullable ServedModel model) throws InterruptedException {
        for (int i = 0;
                model != null && i < GIVE_WAY && model.scheduler().inFlight().waiting() > 0;
                i++) {
            if (stopping.await(GIVE_WAY_MS, TimeUnit.MILLISECONDS)) {
                return;
            }
        }
    }

    private record Running(Due call, Future<Boolean> answer) {}

    private Running begin(ModelVersion version, PredictService service, Due call) {
        PredictCall decoded;
        try {
            decoded = decoder.decode(call.body());
        } catch (CallException e) {
            return new Running(call, CompletableFuture.failedFuture(e));
        }
        return new Running(
                call, service.keep(version, decoded).toCompletionStage().toCompletableFuture());
    }

    /** True = it is in the cache. */
    private boolean end(Running running) throws InterruptedException {
        Due call = running.call();
        boolean answered = false;
        try {
            answered = running.answer().get(10, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof CallException c && (c.kind() == Kind.INVALID || c.kind() == Kind.REJECTED)) {
                LOG.debug("{}: {}", spec.topic(), c.getMessage());
                metrics.invalid();
                return false;
            }
        } catch (TimeoutException e) {
            LOG.debug("{}: no answer", spec.topic());
        }
        if (answered) {
            metrics.answered();
        } else if (call.tries() + 1 < TRIES) {
            calls.again(call);
        } else {
            metrics.failed();
        }
        return answered;
    }

    @Override
    public void close() {
        stopping.countDown();
        try {
            thread.join(TimeUnit.SECONDS.toMillis(2));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
