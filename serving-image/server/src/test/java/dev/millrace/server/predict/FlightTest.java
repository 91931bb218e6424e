package dev.millrace.server.predict;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contract.config.ServingConfig;
import dev.millrace.server.predict.RequestCache.Entry;
import dev.millrace.server.predict.RequestCache.Found;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FlightTest {
    private static final Entry ENTRY = new Entry(new Score("review", List.of()), List.of(), List.of());

    private final RequestCache cache =
            Objects.requireNonNull(RequestCache.of(new ServingConfig.RequestCache(60_000, 100_000, "Vector")));
    private final Hash128 key = cache.key(new double[] {1, 2});
    private final List<@Nullable Entry> told = new ArrayList<>();

    private Flight.Seat seat(Hash128 of) {
        return Objects.requireNonNull(cache.find(of, told::add).seat());
    }

    @Test
    void theFirstLeadsAndTheOthersAreToldOnce() {
        Flight.Seat first = seat(key);
        assertThat(first.leads()).isTrue();
        assertThat(seat(key).leads()).isFalse();
        assertThat(seat(key).flight()).isSameAs(first.flight());
        assertThat(seat(cache.key(new double[] {1, 3})).leads())
                .as("another vector")
                .isTrue();
        cache.put(key, ENTRY);
        first.flight().land(ENTRY);
        first.flight().land(null);
        assertThat(told).containsExactly(ENTRY, ENTRY);
        assertThat(cache.find(key, told::add).entry()).isSameAs(ENTRY);
    }

    @Test
    void whoLeavesIsNotToldAndAFlightThatLandedIsForgotten() {
        Flight.Seat first = seat(key);
        Flight.Follower gone = told::add;
        Flight.Seat second = Objects.requireNonNull(cache.find(key, gone).seat());
        second.flight().leave(gone);
        assertThat(cache.flights()).isEqualTo(1);
        first.flight().land(null);
        assertThat(told).isEmpty();
        assertThat(cache.flights()).isZero();
        assertThat(seat(key).leads()).as("the next one begins anew").isTrue();
    }

    /** Threads that ask for a hundred keys in step: each key is computed once, whoever comes when. */
    @Test
    void eachAnswerIsComputedOnceWhoeverComesWhen() throws Exception {
        int keys = 20_000;
        int threads = 4;
        AtomicInteger computed = new AtomicInteger();
        AtomicInteger answered = new AtomicInteger();
        CountDownLatch go = new CountDownLatch(1);
        List<Thread> callers = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            Thread caller = new Thread(() -> {
                try {
                    go.await();
                } catch (InterruptedException e) {
                    return;
                }
                for (int i = 0; i < keys; i++) {
                    Hash128 k = cache.key(new double[] {i});
                    Found found = cache.find(k, entry -> answered.addAndGet(entry == ENTRY ? 1 : 0));
                    Flight.Seat seat = found.seat();
                    if (seat == null) {
                        answered.incrementAndGet();
                    } else if (seat.leads()) {
                        computed.incrementAndGet();
                        answered.incrementAndGet();
                        cache.put(k, ENTRY);
                        seat.flight().land(ENTRY);
                    }
                }
            });
            callers.add(caller);
            caller.start();
        }
        go.countDown();
        for (Thread caller : callers) {
            caller.join(TimeUnit.SECONDS.toMillis(60));
        }
        assertThat(computed).hasValue(keys);
        assertThat(answered).hasValue(keys * threads);
        assertThat(cache.flights()).isZero();
    }
}
