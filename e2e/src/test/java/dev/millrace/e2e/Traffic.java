package dev.millrace.e2e;

import dev.millrace.devkit.fraud.Customer;
import dev.millrace.devkit.fraud.Population;
import dev.millrace.devkit.load.GrpcPredictor;
import dev.millrace.devkit.load.PredictAnswer;
import dev.millrace.devkit.load.PredictCall;
import dev.millrace.devkit.load.Predictor;
import dev.millrace.devkit.load.RestPredictor;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Predict calls at a steady rate, REST and gRPC in turn, over kept-alive connections and without a retry: what a caller sees
 * is what is counted.
 */
final class Traffic implements AutoCloseable {
    private static final long PERIOD_MS = 25;

    private final Vertx vertx = Vertx.vertx();
    private final String model;
    private final Predictor rest;
    private final Predictor grpc;
    private final List<Customer> customers = Population.sample().customers();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "traffic");
        thread.setDaemon(true);
        return thread;
    });
    private final AtomicLong sent = new AtomicLong();
    private Phase phase = new Phase();

    Traffic(String model, String host) {
        this.model = model;
        this.rest = new RestPredictor(vertx, host, 8080);
        this.grpc = new GrpcPredictor(vertx, host, 8081);
    }

    void start() {
        var unused = clock.scheduleAtFixedRate(this::send, 0, PERIOD_MS, TimeUnit.MILLISECONDS);
    }

    /** One call now, by REST. */
    PredictAnswer ask(Customer customer) {
        return ask(rest, customer);
    }

    /** One call now, by gRPC. */
    PredictAnswer askByGrpc(Customer customer) {
        return ask(grpc, customer);
    }

    private PredictAnswer ask(Predictor predictor, Customer customer) {
        return predictor
                .predict(call(customer, "asked"))
                .toCompletionStage()
                .toCompletableFuture()
                .join();
    }

    private void send() {
        long n = sent.getAndIncrement();
        Phase current = current();
        Predictor predictor = n % 2 == 0 ? rest : grpc;
        String protocol = n % 2 == 0 ? "REST" : "gRPC";
        predictor
                .predict(call(customers.get((int) (n % customers.size())), "t-" + n))
                .onComplete(done -> current.add(protocol, done.result()));
    }

    private PredictCall call(Customer customer, String id) {
        return new PredictCall(
                model,
                id,
                Map.of("customer_id", customer.id()),
                Map.of("amount", customer.avg30dSpend(), "card_present", 1.0, "foreign", 0.0));
    }

    /** Begins to count anew and returns what was counted until now; calls under way count where they began. */
    synchronized Phase next() {
        Phase over = phase;
        phase = new Phase();
        return over;
    }

    private synchronized Phase current() {
        return phase;
    }

    /** What callers saw between two calls of {@link #next}. */
    static final class Phase {
        private final AtomicLong answered = new AtomicLong();
        private final AtomicLong fallback = new AtomicLong();
        private final AtomicLong defaulted = new AtomicLong();
        private final ConcurrentLinkedQueue<String> errors = new ConcurrentLinkedQueue<>();
        private final Map<String, AtomicLong> reasons = new java.util.concurrent.ConcurrentHashMap<>();

        private void add(String protocol, @Nullable PredictAnswer answer) {
            if (answer == null || answer.error() != null) {
                errors.add(protocol + ": " + (answer == null ? "no answer" : answer.error()));
                return;
            }
            answered.incrementAndGet();
            if (answer.fallback() != null) {
                fallback.incrementAndGet();
                reasons.computeIfAbsent(answer.fallback(), r -> new AtomicLong())
                        .incrementAndGet();
            }
            if (!answer.defaulted().isEmpty()) {
                defaulted.incrementAndGet();
            }
        }

        long answered() {
            return answered.get();
        }

        /** Answers that the model did not give, or not from all features. */
        long flagged() {
            return fallback.get() + defaulted.get();
        }

        List<String> errors() {
            return new ArrayList<>(errors);
        }

        @Override
        public String toString() {
            return answered + " answered, " + errors.size() + " errors, " + fallback + " from the fallback "
                    + new TreeMap<>(reasons) + ", " + defaulted + " with defaults";
        }
    }

    /** Sends no more. */
    void stop() {
        clock.shutdownNow();
    }

    @Override
    public void close() {
        stop();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}
