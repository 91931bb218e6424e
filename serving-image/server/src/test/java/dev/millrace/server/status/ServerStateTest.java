package dev.millrace.server.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class ServerStateTest {
    @Test
    void theEndOfTheLastRequestEndsTheWait() throws Exception {
        ServerState state = new ServerState();
        assertThat(state.awaitIdle(0)).as("nothing is under way").isTrue();
        state.begin();
        state.begin();
        state.end();
        assertThat(state.awaitIdle(1_000_000)).as("one is").isFalse();
        CompletableFuture<Boolean> idle = new CompletableFuture<>();
        Thread waiter = new Thread(() -> {
            try {
                idle.complete(state.awaitIdle(TimeUnit.MINUTES.toNanos(5)));
            } catch (InterruptedException e) {
                idle.completeExceptionally(e);
            }
        });
        waiter.start();
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> waiter.getState() == Thread.State.TIMED_WAITING);
        state.end();
        assertThat(idle.get(30, TimeUnit.SECONDS)).isTrue();
        assertThat(state.underWay()).isZero();
    }
}
