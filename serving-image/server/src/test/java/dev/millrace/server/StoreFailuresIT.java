package dev.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contract.config.ServingConfig;
import dev.millrace.contract.config.ServingConfig.Budget;
import dev.millrace.contract.config.ServingConfig.Slo;
import dev.millrace.server.Caller.Reply;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What callers, metrics and the status see of a store that stalls, dies and comes back without its values. */
class StoreFailuresIT {
    private static final double FEATURES_MS = 20;

    @TempDir
    Path dir;

    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private final AtomicInteger answers = new AtomicInteger();
    private final AtomicInteger fallbacks = new AtomicInteger();
    private final List<Thread> callers = new ArrayList<>();
    private volatile boolean stop;
    private int port;
    private TestStore store;
    private ModelServer server;
    private Caller c;

    @BeforeEach
    void start() throws Exception {
        port = TestStore.freePort();
        store = TestStore.start(dir, port);
        fill();
        ServingConfig base = Specs.config(
                Specs.features(store.address(), Specs.purchases("Default", "Serve")),
                Specs.fallback("FeatureStoreUnavailable"),
                null,
                null);
        server = ModelServer.start(Specs.with(
                base,
                new Slo("99.9", Specs.THRESHOLD_MS, "99.9", new Budget(FEATURES_MS, 100, 1_000, 2)),
                base.server()));
        c = new Caller(server.ports());
        c.awaitState("Ready");
        eventually(this::assertAnswersFromItsFeatures);
        for (int i = 0; i < 2; i++) {
            Thread thread = new Thread(this::call, "caller-" + i);
            callers.add(thread);
            thread.start();
        }
        eventually(() -> assertThat(answers.get()).isGreaterThan(50));
    }

    @AfterEach
    void stop() throws Exception {
        endCalls();
        c.close();
        server.stop();
        store.thaw();
        store.close();
    }

    private void fill() {
        store.purchases("c-1", 9);
        store.risk("c-1", 0.75, 1_000);
        store.heartbeat(0);
    }

    private void call() {
        while (!stop) {
            try {
                Reply reply = c.predict("c-1", 1);
                String why = reply.status() == 200 ? Caller.text(reply, "flags", "fallback") : "" + reply.status();
                if (!why.equals("null") && !why.equals("FeatureStoreUnavailable")) {
                    failures.add(why + " " + reply.body());
                } else if (!why.equals("null")) {
                    fallbacks.incrementAndGet();
                }
                answers.incrementAndGet();
            } catch (Exception e) {
                failures.add(e.toString());
            }
        }
    }

    private void endCalls() throws InterruptedException {
        stop = true;
        for (Thread thread : callers) {
            thread.join();
        }
    }

    private static void eventually(ThrowingRunnable assertion) {
        Awaitility.await().atMost(Duration.ofSeconds(60)).untilAsserted(assertion);
    }

    private void assertAnswersFromItsFeatures() throws Exception {
        Reply reply = c.predict("c-1", 1);
        assertThat(Caller.text(reply, "flags", "fallback")).isEqualTo("null");
        assertThat(Caller.text(reply, "label")).isEqualTo("review");
    }

    private double transitions(String to) throws Exception {
        return c.metric("millrace_store_breaker_transitions_total", "to=\"" + to + "\"");
    }

    private void assertAllIsWell() {
        eventually(() -> {
            assertThat(c.metric("millrace_store_breaker", "state=\"open\"")).isZero();
            assertThat(c.metric("millrace_store_breaker", "state=\"half_open\""))
                    .isZero();
            assertThat(c.status().getString("reason")).isNull();
        });
    }

    private void stall() throws Exception {
        store.freeze();
        long end = System.nanoTime() + 200_000_000;
        Awaitility.await().pollInterval(Duration.ofMillis(5)).until(() -> System.nanoTime() >= end);
        store.thaw();
    }

    @Test
    void stalledForTwoHundredMilliseconds() throws Exception {
        // a server whose loops are held up themselves does not blame the store: once more, then
        eventually(() -> {
            stall();
            assertThat(fallbacks.get()).isPositive();
        });
        eventually(this::assertAnswersFromItsFeatures);
        assertAllIsWell();
        endCalls();
        assertThat(failures).isEmpty();
        c.awaitAtLeast(fallbacks.get(), "millrace_fallbacks_total", "reason=\"FeatureStoreUnavailable\"");
    }

    @Test
    void killedUnderLoadAndRestartedEmpty() throws Exception {
        store.close();
        eventually(() -> {
            assertThat(c.status().getString("reason")).isEqualTo("FeatureStoreUnavailable");
            assertThat(c.metric("millrace_store_breaker", "state=\"open\"")).isPositive();
        });
        Reply without = c.predict("c-1", 1);
        assertThat(without.status()).isEqualTo(200);
        assertThat(Caller.text(without, "flags", "fallback")).isEqualTo("FeatureStoreUnavailable");
        assertThat(Caller.text(without, "flags", "fallbackStep")).isEqualTo("LastKnown");
        assertThat(Caller.text(without, "label")).isEqualTo("review");
        assertThat(c.status().getString("state"))
                .as("other replicas are no better off")
                .isEqualTo("Ready");

        store = TestStore.start(dir, port);
        eventually(() -> {
            Reply empty = c.predict("c-1", 1);
            assertThat(Caller.text(empty, "flags", "fallback")).isEqualTo("null");
            assertThat(Caller.prediction(empty).getJsonObject("flags").getJsonArray("defaulted"))
                    .containsExactly("purchases.count_1h", "profile.risk");
        });
        c.awaitAtLeast(1, "millrace_feature_reads_total", "group=\"purchases\"", "result=\"default\"");
        fill();
        eventually(this::assertAnswersFromItsFeatures);
        assertAllIsWell();
        endCalls();
        assertThat(failures).isEmpty();
        assertThat(transitions("open")).isPositive();
        assertThat(transitions("closed")).isPositive();
        assertThat(fallbacks).hasPositiveValue();
    }
}
