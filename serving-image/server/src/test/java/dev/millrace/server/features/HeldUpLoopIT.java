package dev.millrace.server.features;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contract.config.Store;
import dev.millrace.contract.store.StoreKeys;
import dev.millrace.server.Specs;
import dev.millrace.server.TestStore;
import dev.millrace.server.features.GroupRead.Result;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an event loop that was held up (a collection, no processor) makes of a store that was not. */
class HeldUpLoopIT {
    /** A store that answers at all does so within it. */
    private static final long BUDGET_MS = 150;

    @TempDir
    Path dir;

    private TestStore store;
    private Vertx vertx;
    private StoreReader reader;
    private StoreLink link;
    private FeatureFetcher fetcher;

    @BeforeEach
    void connect() throws Exception {
        store = TestStore.start(dir, TestStore.freePort());
        store.purchases("c-1", 3);
        store.risk("c-1", 0.5, 0);
        vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
        reader = new StoreReader(vertx, new Store(store.address(), null, null, null), BUDGET_MS, StoreObserver.NONE);
        link = reader.link();
        VectorPlan plan = VectorPlan.of(Specs.features(store.address(), Specs.purchases("Default", "Serve")));
        fetcher = new FeatureFetcher(
                reader,
                plan,
                StoreKeys.ns("test", "fraud"),
                () -> Freshness.UNKNOWN,
                RowSource.NONE,
                System::currentTimeMillis);
        CompletableFuture<Void> connected = new CompletableFuture<>();
        vertx.runOnContext(v -> reader.start().onComplete(done -> connected.complete(null)));
        connected.get(30, TimeUnit.SECONDS);
    }

    @AfterEach
    void close() {
        vertx.close();
        store.close();
    }

    /** On the event loop, in the phase in which it reads sockets: there requests arrive. */
    private <T> T whileReading(Supplier<CompletableFuture<T>> then) throws Exception {
        CompletableFuture<T> result = new CompletableFuture<>();
        vertx.runOnContext(v -> link.send(Request.cmd(Command.PING))
                .onComplete(pong -> then.get().whenComplete((value, e) -> {
                    if (e == null) {
                        result.complete(value);
                    } else {
                        result.completeExceptionally(e);
                    }
                })));
        return result.get(30, TimeUnit.SECONDS);
    }

    private static void holdUp(long ms) {
        long end = System.nanoTime() + ms * 1_000_000;
        while (System.nanoTime() < end) {
            Thread.onSpinWait();
        }
    }

    private CompletableFuture<GroupRead[]> fetch(long latestMs) {
        CompletableFuture<GroupRead[]> reads = new CompletableFuture<>();
        fetcher.fetch(
                List.of(Map.of("customer_id", "c-1")),
                BUDGET_MS,
                System.nanoTime() + latestMs * 1_000_000,
                false,
                all -> reads.complete(all[0]));
        return reads;
    }

    @Test
    void theLoopsOwnTimeIsNotTheStores() throws Exception {
        GroupRead[] reads = whileReading(() -> {
            CompletableFuture<GroupRead[]> under = fetch(60_000);
            holdUp(3 * BUDGET_MS);
            return under;
        });
        assertThat(reads).extracting(GroupRead::result).doesNotContain(Result.FAILED);
    }

    @Test
    void butTheRequestsTimeIsOver() throws Exception {
        GroupRead[] reads = whileReading(() -> {
            CompletableFuture<GroupRead[]> under = fetch(2 * BUDGET_MS);
            holdUp(3 * BUDGET_MS);
            return under;
        });
        assertThat(reads).extracting(GroupRead::result).containsOnly(Result.FAILED);
    }

    @Test
    void aStoreIsNotGivenUpForWhatTheLoopDidNotRead() throws Exception {
        boolean up = whileReading(() -> {
            link.send(Request.cmd(Command.PING));
            holdUp(2 * StoreLink.STALLED_MS);
            return CompletableFuture.completedFuture(link.isUp());
        });
        assertThat(up).isTrue();
    }

    @Test
    void aStoreThatHangsIsTold() throws Exception {
        store.freeze();
        CompletableFuture<Boolean> down = new CompletableFuture<>();
        vertx.runOnContext(v -> {
            link.send(Request.cmd(Command.PING));
            vertx.setPeriodic(20, t -> {
                if (!link.isUp()) {
                    down.complete(true);
                }
            });
        });
        assertThat(down.get(30, TimeUnit.SECONDS)).isTrue();
        store.thaw();
    }
}
