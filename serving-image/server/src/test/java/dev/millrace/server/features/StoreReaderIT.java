package dev.millrace.server.features;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contract.config.Store;
import dev.millrace.server.TestStore;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real store, and in between a wire that loses what one of the two connections is told. */
class StoreReaderIT {
    private static final long BUDGET_MS = 40;

    @TempDir
    Path dir;

    private final Queue<String> moves = new ConcurrentLinkedQueue<>();
    private final AtomicInteger won = new AtomicInteger();
    private final AtomicInteger lost = new AtomicInteger();
    /** What the store answers on each connection, in the order in which they were made; null = passed on. */
    private final List<Wire> wires = new CopyOnWriteArrayList<>();

    private TestStore store;
    private Vertx vertx;
    private Vertx wireVertx;
    private StoreReader reader;

    /** One connection; a deaf one passes nothing on until it hears again. */
    private static final class Wire {
        volatile boolean deaf;
        final Queue<Buffer> held = new ConcurrentLinkedQueue<>();

        @Nullable
        NetSocket caller;
    }

    @BeforeEach
    void connect() throws Exception {
        int storePort = TestStore.freePort();
        store = TestStore.start(dir, storePort);
        wireVertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
        NetClient client = wireVertx.createNetClient();
        int port = wireVertx
                .createNetServer()
                .connectHandler(caller -> {
                    Wire wire = new Wire();
                    wire.caller = caller;
                    wires.add(wire);
                    caller.pause();
                    client.connect(storePort, "127.0.0.1").onSuccess(to -> {
                        caller.handler(to::write);
                        to.handler(answer -> {
                            if (wire.deaf) {
                                wire.held.add(answer);
                            } else {
                                caller.write(answer);
                            }
                        });
                        caller.closeHandler(v -> to.close());
                        caller.resume();
                    });
                })
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .get(30, TimeUnit.SECONDS)
                .actualPort();
        vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
        reader = new StoreReader(
                vertx, new Store("redis://127.0.0.1:" + port, null, null, null), BUDGET_MS, new StoreObserver() {
                    @Override
                    public void moved(String from, String to) {
                        moves.add(from + ">" + to);
                    }

                    @Override
                    public void hedged(boolean second) {
                        (second ? won : lost).incrementAndGet();
                    }
                });
        CompletableFuture<Void> connected = new CompletableFuture<>();
        vertx.runOnContext(v -> reader.start().onComplete(done -> connected.complete(null)));
        connected.get(30, TimeUnit.SECONDS);
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> reader.link().isUp() && wires.size() >= 2 && read() != null);
    }

    @AfterEach
    void close() throws Exception {
        store.thaw();
        vertx.close();
        wireVertx.close();
        store.close();
    }

    private @Nullable Response read() throws Exception {
        CompletableFuture<@Nullable Response> reply = new CompletableFuture<>();
        vertx.runOnContext(v -> reader.read(
                () -> Request.cmd(Command.MGET).arg("a"),
                BUDGET_MS,
                System.nanoTime() + 1_000_000_000,
                false,
                reply::complete));
        return reply.get(30, TimeUnit.SECONDS);
    }

    /** None of them answered. A loop that was held up does not count it: a busy machine needs a few more. */
    private int readsUntil(String move) throws Exception {
        int reads = 0;
        while (!moves.contains(move)) {
            assertThat(read()).isNull();
            assertThat(++reads).as("%s", moves).isLessThan(100);
        }
        return reads;
    }

    /** Which of the two wires the first connection got. */
    private Wire first() throws Exception {
        for (Wire wire : wires) {
            wire.deaf = true;
            CompletableFuture<Boolean> pong = new CompletableFuture<>();
            vertx.runOnContext(v -> {
                reader.link().send(Request.cmd(Command.PING)).onComplete(done -> pong.complete(true));
                vertx.setTimer(100, t -> pong.complete(false));
            });
            boolean answered = pong.get(30, TimeUnit.SECONDS);
            hear(wire);
            if (!answered) {
                return wire;
            }
        }
        throw new IllegalStateException("the first connection is on neither wire");
    }

    private static void hear(Wire wire) {
        wire.deaf = false;
        NetSocket caller = wire.caller;
        for (Buffer b = wire.held.poll(); caller != null && b != null; b = wire.held.poll()) {
            caller.write(b);
        }
    }

    @Test
    void aStoreThatIsStalledIsWaitedForBySomeAndThenByNobody() throws Exception {
        for (int i = 0; i < 50; i++) {
            assertThat(read()).isNotNull();
        }
        moves.clear();
        store.freeze();
        assertThat(readsUntil("closed>open")).isGreaterThanOrEqualTo(Breaker.IN_A_ROW);
        long begin = System.nanoTime();
        for (int i = 0; i < 200; i++) {
            assertThat(read()).isNull();
        }
        double ms = (System.nanoTime() - begin) / 1e6;
        assertThat(ms).as("of 200 reads, none waited").isLessThan(200.0 * BUDGET_MS / 4);
        Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> moves.contains("half_open>open"));
        assertThat(read()).isNull();
        // nobody reads: it is looked for all the same
        store.thaw();
        Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> moves.contains("half_open>closed"));
        assertThat(read()).isNotNull();
    }

    @Test
    void aReadThatHangsOnItsConnectionIsAnsweredByTheOther() throws Exception {
        Wire first = first();
        for (int i = 0; i < 300; i++) {
            assertThat(read()).isNotNull();
        }
        won.set(0);
        first.deaf = true;
        assertThat(read()).as("on the other connection").isNotNull();
        hear(first);
        assertThat(won).hasValue(1);
        for (int i = 0; i < 20; i++) {
            assertThat(read()).as("replies are not mixed up").isNotNull();
        }
    }

    /** One for each twenty reads, and those saved up: the rest waits, is late, and the breaker opens. */
    @Test
    void aStoreThatHangsIsNotAskedTwiceByAll() throws Exception {
        for (int i = 0; i < 300; i++) {
            assertThat(read()).isNotNull();
        }
        moves.clear();
        lost.set(0);
        won.set(0);
        for (Wire wire : wires) {
            wire.deaf = true;
        }
        readsUntil("closed>open");
        for (Wire wire : wires) {
            hear(wire);
        }
        assertThat(lost.get() + won.get()).isBetween(1, 10);
    }

    @Test
    void aStoreThatIsGoneCostsNothingAndIsFoundAgain() throws Exception {
        for (int i = 0; i < 10; i++) {
            assertThat(read()).isNotNull();
        }
        moves.clear();
        store.close();
        readsUntil("closed>open");
        int port = Integer.parseInt(store.address().substring(store.address().lastIndexOf(':') + 1));
        store = TestStore.start(dir, port);
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> moves.contains("half_open>closed"));
        assertThat(read()).isNotNull();
    }
}
