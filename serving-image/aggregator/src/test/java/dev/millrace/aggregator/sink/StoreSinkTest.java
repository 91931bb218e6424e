package dev.millrace.aggregator.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Order, coalescing, acknowledgement, retry. */
class StoreSinkTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final FakeStore store = new FakeStore();
    private final List<Long> observed = Collections.synchronizedList(new ArrayList<>());
    private final StoreSink sink = new StoreSink("sink", store, 10, (result, acked, appended) -> {
                for (long a : appended) {
                    observed.add(a);
                }
            })
            .start();

    @AfterEach
    void close() {
        store.open();
        sink.close();
    }

    private static byte[] value(int n) {
        return ByteBuffer.allocate(40).putInt(36, n).array();
    }

    /** What the store holds; -1 for nothing. */
    private int number(String key) {
        byte[] value = store.values.get(key);
        return value == null ? -1 : ByteBuffer.wrap(value).getInt(36);
    }

    /** Blocks the store with one value in flight, so that what follows waits together. */
    private void stuck() {
        await().atMost(PATIENCE).until(() -> sink.identity() != null);
        store.block();
        sink.offer("first", value(0), 1_000, 1);
        await().atMost(PATIENCE).until(() -> sink.depth() == 1);
    }

    @Test
    void waitingValuesOfOneKeyBecomeOneWriteAndTheLastWins() {
        stuck();
        for (int i = 1; i <= 5; i++) {
            sink.offer("a", value(i), 1_000, 10 + i);
            sink.offer("b", value(10 * i), 1_000, 20 + i);
        }
        assertThat(sink.drain(Duration.ofMillis(10)))
                .as("nothing is acknowledged yet")
                .isFalse();
        store.open();
        assertThat(sink.drain(PATIENCE)).isTrue();
        assertThat(number("a")).isEqualTo(5);
        assertThat(number("b")).isEqualTo(50);
        // at most one pipeline for "first" and one for the rest, whichever way the first was taken
        assertThat(store.pipelines.stream().flatMap(List::stream).filter("a"::equals))
                .hasSize(1);
        assertThat(observed)
                .as("every event's freshness is counted")
                .hasSize(11)
                .contains(11L, 15L, 25L);
    }

    @Test
    void theTimeOfWritingIsThatOfTheSend() {
        long before = System.currentTimeMillis();
        sink.offer("a", value(1), 1_000, 1);
        assertThat(sink.drain(PATIENCE)).isTrue();
        assertThat(ByteBuffer.wrap(store.values.get("a")).getLong(16)).isBetween(before, System.currentTimeMillis());
    }

    @Test
    void aStoreThatIsDownIsTriedUntilItAnswers() {
        store.down = true;
        sink.offer("a", value(1), 1_000, 1);
        await().atMost(PATIENCE).until(() -> sink.trouble() != null);
        assertThat(sink.drain(Duration.ofMillis(100))).isFalse();
        store.down = false;
        assertThat(sink.drain(PATIENCE)).isTrue();
        assertThat(number("a")).isEqualTo(1);
        await().atMost(PATIENCE).until(() -> sink.trouble() == null);
    }

    @Test
    void aStoreWithoutMemoryIsTriedUntilItHasSome() {
        store.full = true;
        sink.offer("a", value(1), 1_000, 1);
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(sink.trouble()).contains("OOM"));
        assertThat(sink.drain(Duration.ofMillis(100))).isFalse();
        store.full = false;
        assertThat(sink.drain(PATIENCE)).isTrue();
        assertThat(store.values).containsKey("a");
    }

    @Test
    void keysThatWaitAreBounded() {
        stuck();
        for (int i = 0; i < 9; i++) {
            assertThat(sink.hasRoom()).as("after %d", i).isTrue();
            sink.offer("k" + i, value(i), 1_000, 1);
        }
        assertThat(sink.hasRoom()).isFalse();
        assertThat(sink.awaitRoom(Duration.ofMillis(20))).isFalse();
        store.open();
        assertThat(sink.awaitRoom(PATIENCE)).isTrue();
    }

    @Test
    void aHeartbeatDoesNotOvertakeTheValuesBeforeIt() {
        stuck();
        sink.offer("a", value(1), 1_000, 1);
        sink.heartbeat(new HeartbeatWrite("hb", "1", "epoch:g", 1));
        assertThat(store.heartbeats).isEmpty();
        store.full = true;
        store.open();
        await().atMost(PATIENCE).until(() -> sink.trouble() != null);
        assertThat(store.heartbeats).as("the value was refused").isEmpty();
        store.full = false;
        await().atMost(PATIENCE).until(() -> store.heartbeats.containsKey("hb"));
        assertThat(store.values).containsKey("a");
    }

    @Test
    void anotherStoreIsNoticedByTheNextHeartbeat() {
        // a heartbeat that comes before the first contact is dropped: nobody knows what the store has
        await().atMost(PATIENCE).until(() -> sink.identity() != null);
        sink.heartbeat(new HeartbeatWrite("hb", "1", "epoch:g", 1));
        await().atMost(PATIENCE).until(() -> store.heartbeats.containsKey("hb"));
        StoreIdentity before = sink.identity();
        store.flush("2");
        sink.heartbeat(new HeartbeatWrite("hb", "2", "epoch:g", 1));
        await().atMost(PATIENCE).until(() -> !String.valueOf(sink.identity()).equals(String.valueOf(before)));
        assertThat(store.heartbeats).as("vouches for values that are gone").isEmpty();
    }

    @Test
    void heartbeatsThatWaitedForAStoreThatIsAnotherOneNowAreDropped() {
        await().atMost(PATIENCE).until(() -> sink.identity() != null);
        store.down = true;
        sink.offer("a", value(1), 1_000, 1);
        sink.heartbeat(new HeartbeatWrite("hb", "1", "epoch:g", 1));
        await().atMost(PATIENCE).until(() -> sink.trouble() != null);
        // a fail-over: same contents but for the last writes
        store.identity = new StoreIdentity("1", "run-2");
        store.down = false;
        assertThat(sink.drain(PATIENCE)).isTrue();
        await().atMost(PATIENCE).until(() -> sink.trouble() == null);
        sink.offer("b", value(1), 1_000, 1);
        assertThat(sink.drain(PATIENCE)).isTrue();
        assertThat(store.heartbeats).isEmpty();
    }

    @Test
    void aTicketIsGoodForWhatWasOfferedBeforeIt() {
        stuck();
        sink.offer("a", value(1), 1_000, 1);
        long ticket = sink.ticket();
        assertThat(sink.isAcknowledged(ticket)).isFalse();
        store.open();
        await().atMost(PATIENCE).until(() -> sink.isAcknowledged(ticket));
        assertThat(store.values).containsKey("a");
    }
}
