package dev.millrace.server.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.server.features.GroupRead;
import dev.millrace.server.features.GroupRead.Result;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RowCacheTest {
    private static final long REFRESH = TimeUnit.MINUTES.toNanos(10);
    private static final long MAX_AGE = TimeUnit.MINUTES.toNanos(30);
    private static final long TTL = TimeUnit.MINUTES.toNanos(60);
    private static final long BEGIN = 1_000;
    private static final long WALL = 1_700_000_000_000L;

    private double random;
    private final RowCache cache = cache(MAX_AGE, 100);

    private RowCache cache(@Nullable Long maxAge, long maxEntries) {
        return new RowCache(new RowCache.Limits(REFRESH, TTL, maxAge, maxEntries), () -> random);
    }

    private static long minutes(long minutes) {
        return BEGIN + TimeUnit.MINUTES.toNanos(minutes);
    }

    private void put(String key, double @Nullable [] values, long now) {
        assertThat(cache.take(key)).isTrue();
        cache.put(key, values, WALL, now);
    }

    @Test
    void whatIsNotThereIsMissingAndTakenOnByOne() {
        assertThat(cache.read("c", BEGIN)).isSameAs(GroupRead.MISSING);
        assertThat(cache.isDue("c", BEGIN)).isTrue();
        assertThat(cache.take("c")).isTrue();
        assertThat(cache.isDue("c", BEGIN)).as("somebody reads it").isFalse();
        assertThat(cache.take("c")).isFalse();
        assertThat(cache.isDue("d", BEGIN)).as("another").isTrue();
        cache.put("c", new double[] {3}, WALL, BEGIN);
        GroupRead read = cache.read("c", minutes(1));
        assertThat(read.result()).isEqualTo(Result.FRESH);
        assertThat(read.values()).containsExactly(3);
        assertThat(read.eventTimeMs()).isEqualTo(WALL);
        assertThat(read.ageMs()).isEqualTo(60_000);
    }

    @Test
    void aRowIsServedWhileItIsDueAndStaleAndUntilItIsTooOld() {
        put("c", new double[] {3}, BEGIN);
        assertThat(cache.isDue("c", minutes(10) - 1)).isFalse();
        assertThat(cache.isDue("c", minutes(10))).isTrue();
        assertThat(cache.read("c", minutes(30)).result()).isEqualTo(Result.FRESH);
        assertThat(cache.read("c", minutes(30) + 1).result()).isEqualTo(Result.STALE);
        assertThat(cache.read("c", minutes(30) + 1).values()).containsExactly(3);
        assertThat(cache.read("c", minutes(60)).result()).isEqualTo(Result.STALE);
        assertThat(cache.read("c", minutes(60) + 1)).isSameAs(GroupRead.MISSING);
    }

    @Test
    void withoutABoundNothingIsStale() {
        RowCache unbounded = cache(null, 100);
        unbounded.put("c", new double[] {3}, WALL, BEGIN);
        assertThat(unbounded.read("c", minutes(60)).result()).isEqualTo(Result.FRESH);
    }

    @Test
    void whatWasReadTogetherIsDueApart() {
        random = 1;
        put("c", new double[] {3}, BEGIN);
        random = 0.5;
        put("d", new double[] {3}, BEGIN);
        assertThat(cache.isDue("c", minutes(8) - 1)).isFalse();
        assertThat(cache.isDue("c", minutes(8))).isTrue();
        assertThat(cache.isDue("d", minutes(9) - 1)).isFalse();
        assertThat(cache.isDue("d", minutes(9))).isTrue();
    }

    @Test
    void thatThereIsNoRowIsKnownToo() {
        put("c", null, BEGIN);
        assertThat(cache.read("c", minutes(1))).isSameAs(GroupRead.MISSING);
        assertThat(cache.isDue("c", minutes(10) - 1)).isFalse();
        assertThat(cache.isDue("c", minutes(10))).isTrue();
    }

    @Test
    void aRowThatIsGoneIsServedNoMore() {
        put("c", new double[] {3}, BEGIN);
        put("c", null, minutes(10));
        assertThat(cache.read("c", minutes(10))).isSameAs(GroupRead.MISSING);
    }

    @Test
    void aFailureOfOneEntityIsTriedAgainAfterAWhile() {
        long retry = RowCache.RETRY.toNanos();
        put("c", new double[] {3}, BEGIN);
        assertThat(cache.take("c")).isTrue();
        cache.failed("c", minutes(10));
        assertThat(cache.read("c", minutes(10)).values())
                .as("what is there stays")
                .containsExactly(3);
        assertThat(cache.isDue("c", minutes(10) + retry - 1)).isFalse();
        assertThat(cache.isDue("c", minutes(10) + retry)).isTrue();
        assertThat(cache.take("d")).isTrue();
        cache.failed("d", BEGIN);
        assertThat(cache.read("d", BEGIN)).isSameAs(GroupRead.MISSING);
        assertThat(cache.isDue("d", BEGIN + retry - 1)).isFalse();
        assertThat(cache.isDue("d", BEGIN + retry)).isTrue();
    }

    @Test
    void whatWasNotAskedIsDueAsItWas() {
        assertThat(cache.take("c")).isTrue();
        cache.release("c");
        assertThat(cache.isDue("c", BEGIN)).isTrue();
    }

    @Test
    void isBounded() {
        RowCache small = cache(MAX_AGE, 100);
        for (int i = 0; i < 10_000; i++) {
            small.put("c-" + i, new double[] {i}, WALL, BEGIN);
        }
        org.awaitility.Awaitility.await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(small.size())
                .isBetween(1L, 100L));
    }
}
