package dev.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contract.config.ServingConfig;
import dev.millrace.contract.config.ServingConfig.Budget;
import dev.millrace.contract.config.ServingConfig.Model;
import dev.millrace.contract.config.ServingConfig.Server;
import dev.millrace.contract.config.ServingConfig.Slo;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.Test;

/** A model that counts to its input: fast when it is measured, and on some inputs a thousand times slower. */
class InferenceCutIT {
    private static final double THRESHOLD_MS = 400;

    private static ServingConfig config() {
        ServingConfig base = Specs.config(null, null, null, null);
        return new ServingConfig(
                base.namespace(),
                "loop",
                base.variant(),
                new Model(Specs.model("loop.onnx").toString(), "1", null, "onnx", List.of(), List.of()),
                new Slo("99.9", THRESHOLD_MS, "99.9", new Budget(0, 100, 200, 2)),
                new Server(0, 0, 0, "127.0.0.1", 1, 1, 0, 64, 64, List.of("CPU"), 3_000),
                null,
                null,
                null,
                null,
                null,
                null,
                null);
    }

    private static void eventually(ThrowingRunnable assertion) {
        Awaitility.await().atMost(Duration.ofSeconds(60)).untilAsserted(assertion);
    }

    private static String counting(int to) {
        return "{\"inputs\":[{\"name\":\"input\",\"datatype\":\"FP32\",\"shape\":[1,1],\"data\":[" + to + "]}]}";
    }

    /** The first ones on the event loop, which takes the model for a fast one, the last ones on the instance's thread. */
    @Test
    void whatIsLateIsAnsweredAtItsDeadlineAndEndedSoThatTheNextIsServed() throws Exception {
        ModelServer server = ModelServer.start(config());
        try (Caller c = new Caller(server.ports())) {
            c.awaitState("Ready");
            for (int i = 1; i <= 5; i++) {
                long begin = System.nanoTime();
                // it would count for a minute and more
                Caller.Reply late = c.post("/v2/models/loop/infer", counting(500_000_000));
                double ms = (System.nanoTime() - begin) / 1e6;
                assertThat(late.status()).as("%s", late.body()).isEqualTo(503);
                System.out.printf("answered after %.0f ms%n", ms);
                assertThat(ms).isBetween(THRESHOLD_MS / 2, 30 * THRESHOLD_MS);
                int ended = i;
                eventually(() -> assertThat(c.metric("millrace_executions_terminated_total"))
                        .isEqualTo(ended));
                assertThat(c.metric("millrace_scheduler_inflight", "state=\"executing\""))
                        .isZero();
            }
            // a busy machine may be late with one of them
            eventually(() -> {
                Caller.Reply reply = c.post("/v2/models/loop/infer", counting(10));
                assertThat(reply.status()).isEqualTo(200);
                assertThat(reply.body()
                                .getJsonArray("outputs")
                                .getJsonObject(0)
                                .getJsonArray("data")
                                .getDouble(0))
                        .isEqualTo(10);
            });
        } finally {
            server.stop();
        }
    }
}
