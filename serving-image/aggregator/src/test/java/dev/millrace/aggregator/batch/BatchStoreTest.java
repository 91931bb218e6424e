package dev.millrace.aggregator.batch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.millrace.aggregator.Purchases;
import dev.millrace.aggregator.sink.StoreConnections;
import dev.millrace.aggregator.sink.StoreUnavailableException;
import dev.millrace.aggregator.sink.StoreWrite;
import dev.millrace.aggregator.sink.ValueWrite;
import dev.millrace.contract.config.Store;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A run that waits for a store which takes connections and says nothing sensible: only somebody else can end it soon. */
@Timeout(60)
class BatchStoreTest {
    private ServerSocket door;
    private BatchStore store;
    private final CompletableFuture<Throwable> ended = new CompletableFuture<>();
    private final Thread run = new Thread(
            () -> ended.complete(
                    catchThrowable(() -> store.write(List.of(new StoreWrite("k", "v".getBytes(UTF_8), 1_000))))),
            "run");

    @BeforeEach
    void startAndLetOneTryFail() throws IOException {
        door = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        StoreConnections connections =
                new StoreConnections(new Store("redis://127.0.0.1:" + door.getLocalPort(), null, null, null));
        store = new BatchStore(connections, Purchases.NS, ValueWrite.NATIVE, Duration.ofMinutes(10));
        run.start();
        door.accept().close();
    }

    @AfterEach
    void stop() throws Exception {
        door.close();
        run.interrupt();
        run.join();
    }

    @Test
    void closingEndsTheWait() throws Exception {
        store.close();
        door.close();
        assertThat(ended.get(30, TimeUnit.SECONDS))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("redis://127.0.0.1:" + door.getLocalPort());
    }

    @Test
    void anInterruptEndsTheWait() throws Exception {
        door.close();
        run.interrupt();
        assertThat(ended.get(30, TimeUnit.SECONDS)).isInstanceOf(StoreUnavailableException.class);
        assertThat(run.isAlive() && !run.isInterrupted())
                .as("the interrupt is kept")
                .isFalse();
    }
}
