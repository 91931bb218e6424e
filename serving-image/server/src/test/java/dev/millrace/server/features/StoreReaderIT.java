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
import java.util.concurrent.Callable;
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
        final AtomicInteger asked = new AtomicInteger();
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
                        caller.handler(request -> {
                            wire.asked.incrementAndGet();
                            to.write(request);
                        });
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

    /** So many; on a busy machine one or the other is late. */
    private void answered(int reads) throws Exception {
        int answered = 0;
        for (int i = 0; answered < reads; i++) {
            assertThat(i).as("reads for %d answers", answered).isLessThan(2 * reads + 100);
            answered += read() == null ? 0 : 1;
        }
    }

    private int asked() {
        return wires.stream().mapToInt(wire -> wire.asked.get()).sum();
    }

    private static void eventually(Callable<Boolean> condition) {
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(condition);
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
                vertx.setTimer(1_000, t -> pong.complete(false));
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
        answered(50);
        moves.clear();
        store.freeze();
        assertThat(readsUntil("closed>open")).isGreaterThanOrEqualTo(Breaker.IN_A_ROW);
        int asked = asked();
        for (int i = 0; i < 500; i++) {
            assertThat(read()).isNull();
        }
        assertThat(asked() - asked).as("sent of 500 reads: the probes").isLessThan(100);
        eventually(() -> moves.contains("half_open>open"));
        assertThat(read()).isNull();
        // nobody reads: it is looked for all the same
        store.thaw();
        eventually(() -> moves.contains("half_open>closed"));
        assertThat(read()).isNotNull();
    }

    @Test
    void aReadThatHangsOnItsConnectionIsAnsweredByTheOther() throws Exception {
        Wire first = first();
        answered(300);
        // a machine that is busy may hold up the second request as well, or take the store for one that is slow for all
        Response reply;
        int tried = 0;
        do {
            assertThat(++tried).as("reads that hung").isLessThan(100);
            answered(50);
            won.set(0);
            first.deaf = true;
            reply = read();
            hear(first);
        } while (won.get() == 0);
        assertThat(reply).as("on the other connection").isNotNull();
        // replies are not mixed up
        answered(20);
    }

    /** One for each twenty reads, and those saved up: the rest waits, and is late. */
    @Test
    void aConnectionThatHangsForAllIsNotMadeUpForByTheOther() throws Exception {
        Wire first = first();
        answered(300);
        lost.set(0);
        won.set(0);
        for (int i = 0; i < 60; i++) {
            first.deaf = true;
            read();
            hear(first);
        }
        assertThat(lost.get() + won.get()).isLessThanOrEqualTo(10 + 60 / 20);
    }

    @Test
    void aStoreThatIsGoneCostsNothingAndIsFoundAgain() throws Exception {
        answered(10);
        moves.clear();
        store.close();
        readsUntil("closed>open");
        int port = Integer.parseInt(store.address().substring(store.address().lastIndexOf(':') + 1));
        store = TestStore.start(dir, port);
        eventually(() -> moves.contains("half_open>closed"));
        assertThat(read()).isNotNull();
    }
}
