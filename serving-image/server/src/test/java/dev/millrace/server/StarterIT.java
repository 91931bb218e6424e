package dev.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contract.config.ServingConfig;
import dev.millrace.server.status.ServerState.Phase;
import dev.millrace.server.status.ServerState.Snapshot;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class StarterIT {
    @Test
    void aServerThatAnswersNoneOfItsOwnCallsIsNotReady() {
        ServingConfig config = Specs.config(null, null, null, null);
        Vertx vertx = Vertx.vertx();
        Parts parts = PartsFactory.create(vertx, config);
        // nobody listens there
        Ports ports = new Ports(TestStore.freePort(), TestStore.freePort(), TestStore.freePort());
        Starter starter = new Starter(vertx, parts, ports, new DocumentWatch(config, null));
        AtomicBoolean ready = new AtomicBoolean();
        starter.onReady(() -> ready.set(true));
        try {
            starter.start();
            Awaitility.await()
                    .atMost(Duration.ofSeconds(90))
                    .until(() -> parts.state().snapshot().phase() == Phase.Failed);
            Snapshot snapshot = parts.state().snapshot();
            assertThat(snapshot.reason()).isEqualTo("WarmUpFailed");
            assertThat(snapshot.message()).contains("127.0.0.1").contains(Integer.toString(ports.rest()));

            // as if the calls got through at last
            parts.state().version().rehearsed(true);
            Awaitility.await().atMost(Duration.ofSeconds(90)).untilTrue(ready);
            assertThat(parts.state().isReady()).isTrue();
        } finally {
            starter.stop();
            starter.close();
            vertx.close();
        }
    }
}
