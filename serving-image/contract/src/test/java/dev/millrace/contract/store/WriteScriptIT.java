package dev.millrace.contract.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contract.feature.ValueHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

/** The script on a real Redis. */
class WriteScriptIT {
    private static final byte[] KEY = "mr1:{n:e:1}:g.0".getBytes(UTF_8);

    private static TestRedis server;
    private static Jedis redis;

    @BeforeAll
    static void start() throws IOException {
        server = TestRedis.start();
        redis = server.connection();
    }

    @AfterAll
    static void stop() throws IOException {
        server.close();
    }

    @BeforeEach
    void clean() {
        redis.flushAll();
    }

    @Test
    void theNameIsTheOneThatTheStoreGives() {
        assertThat(redis.scriptLoad(WriteScript.LUA)).isEqualTo(WriteScript.sha1());
    }

    @Test
    void onlyAStrictlyNewerValueIsKept() {
        assertThat(write(ValueHeader.version(1, 10), "a")).isTrue();
        assertThat(write(ValueHeader.version(1, 9), "b")).isFalse();
        assertThat(stored()).isEqualTo("a");
        assertThat(write(ValueHeader.version(1, 10), "c")).as("equal").isTrue();
        assertThat(write(ValueHeader.version(1, 11), "d")).isTrue();
        assertThat(write(ValueHeader.version(2, 0), "e")).as("epoch").isTrue();
        assertThat(write(ValueHeader.version(1, 12), "f")).isFalse();
        assertThat(stored()).isEqualTo("e");
    }

    @Test
    void versionsCompareAsUnsignedNumbersOfAll64Bits() {
        Random random = new Random(7);
        // neighbours in every byte, and the sign bits of both halves
        List<Long> versions = random.longs(200)
                .map(v -> v & (random.nextBoolean() ? -1L : 0x8000_0000_8000_00ffL))
                .boxed()
                .toList();
        for (int i = 1; i < versions.size(); i++) {
            long before = versions.get(i - 1);
            long after = versions.get(i);
            redis.flushAll();
            assertThat(write(before, "a")).isTrue();
            assertThat(write(after, "b"))
                    .as("%x over %x", after, before)
                    .isEqualTo(Long.compareUnsigned(after, before) >= 0);
        }
    }

    @Test
    void everyWriteRenewsTheTimeToLive() {
        write(ValueHeader.version(1, 1), "a");
        assertThat(redis.pttl(KEY)).isBetween(50_000L, 60_000L);
        redis.pexpire(KEY, 5_000);
        write(ValueHeader.version(1, 1), "a");
        assertThat(redis.pttl(KEY)).isBetween(50_000L, 60_000L);
        redis.pexpire(KEY, 5_000);
        write(ValueHeader.version(1, 0), "a");
        assertThat(redis.pttl(KEY)).isBetween(1L, 5_000L);
    }

    @Test
    void whatIsTooShortToHaveAVersionIsReplaced() {
        redis.set(KEY, new byte[] {1, 2, 3});
        assertThat(write(0, "a")).isTrue();
        assertThat(stored()).isEqualTo("a");
    }

    private static boolean write(long version, String body) {
        byte[] value = ByteBuffer.allocate(ValueHeader.SIZE + body.length())
                .putLong(version)
                .position(ValueHeader.SIZE)
                .put(body.getBytes(UTF_8))
                .array();
        Object answer =
                redis.eval(WriteScript.LUA.getBytes(UTF_8), List.of(KEY), List.of(value, "60000".getBytes(UTF_8)));
        return answer.equals(1L);
    }

    private static String stored() {
        byte[] value = redis.get(KEY);
        return new String(value, ValueHeader.SIZE, value.length - ValueHeader.SIZE, UTF_8);
    }
}
