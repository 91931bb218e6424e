package dev.millrace.e2e;

import dev.millrace.devkit.fraud.Customer;
import dev.millrace.devkit.fraud.Population;
import dev.millrace.devkit.load.GrpcPredictor;
import dev.millrace.devkit.load.PredictAnswer;
import dev.millrace.devkit.load.PredictCall;
import dev.millrace.devkit.load.Predictor;
import dev.millrace.devkit.load.RestPredictor;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
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
 * Predict calls at a steady rate, REST and gRPC in turn, over kept-alive connections. A call whose connection ends under it, or
 * cannot be made, is sent again over a new one, and counted as cut: a server that stops says goodbye to its connections, and a call
 * may cross that message on the wire; one that is killed is still a Service's endpoint for a moment. No other failure is tried again.
 */
final class Traffic implements AutoCloseable {
    private static final int REST_PORT = 8080;
    private static final int GRPC_PORT = 8081;
    private static final long PERIOD_MS = 25;
    /** What Vert.x says of a stream that it could not open any more, and of a connection that ended. */
    private static final List<String> ENDED = List.of(
            "Cannot create stream",
            "Connection was closed",
            "Stream was closed",
            "Connection reset",
            "Connection refused");
    /** Each goes to either of two pods, one of which is gone. */
    private static final int TRIES = 6;

    private final Vertx vertx = Vertx.vertx();
    private final String model;
    private volatile Predictor rest;
    private volatile Predictor grpc;
    private final String host;
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
        this.host = host;
        this.rest = new RestPredictor(vertx, host, REST_PORT);
        this.grpc = new GrpcPredictor(vertx, host, GRPC_PORT);
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

    /** The version that a call now is answered by, over a connection of its own, so that any server may have it. */
    String askVersion(Customer customer) throws IOException, InterruptedException {
        PredictCall call = call(customer, "version");
        JsonObject body = new JsonObject()
                .put("entities", new JsonArray().add(new JsonObject(Map.copyOf(call.keys()))))
                .put("inputs", new JsonObject(Map.copyOf(call.inputs())));
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://" + host + ":" + REST_PORT + "/v2/models/" + model + "/predict"))
                .timeout(Duration.ofSeconds(10))
                .POST(HttpRequest.BodyPublishers.ofString(body.encode()))
                .build();
        String answer = HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofString())
                .body();
        return new JsonObject(answer).getString("version");
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
        boolean overRest = n % 2 == 0;
        PredictCall call = call(customers.get((int) (n % customers.size())), "t-" + n);
        predict(overRest ? rest : grpc, call, TRIES, current)
                .onComplete(done -> current.add(overRest ? "REST" : "gRPC", done.result()));
    }

    private Future<PredictAnswer> predict(Predictor predictor, PredictCall call, int tries, Phase counted) {
        return predictor.predict(call).compose(answer -> {
            if (tries == 1 || answer.error() == null || ENDED.stream().noneMatch(answer.error()::contains)) {
                return Future.succeededFuture(answer);
            }
            if (tries == TRIES) {
                counted.cut.incrementAndGet();
            }
            return predict(anotherThan(predictor), call, tries - 1, counted);
        });
    }

    /** Over new connections, because the others of the pool may have ended too. */
    private synchronized Predictor anotherThan(Predictor ended) {
        if (rest == ended) {
            rest = new RestPredictor(vertx, host, REST_PORT);
        } else if (grpc == ended) {
            grpc = new GrpcPredictor(vertx, host, GRPC_PORT);
        }
        return ended instanceof RestPredictor ? rest : grpc;
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
        private final AtomicLong cut = new AtomicLong();
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
            // most customers have no purchases here, but all have a profile
            if (answer.fallback() == null && answer.defaulted().stream().anyMatch(f -> f.startsWith("profile."))) {
                defaulted.incrementAndGet();
            }
        }

        long answered() {
            return answered.get();
        }

        /** Answers that the model did not give, or not from the profile. */
        long flagged() {
            return fallback.get() + defaulted.get();
        }

        /** Calls that had to be sent again. */
        long cut() {
            return cut.get();
        }

        List<String> errors() {
            return new ArrayList<>(errors);
        }

        @Override
        public String toString() {
            return answered + " answered, " + errors.size() + " errors, " + cut + " cut and sent again, " + fallback
                    + " from the fallback " + new TreeMap<>(reasons) + ", " + defaulted + " without the profile";
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
