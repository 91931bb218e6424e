package dev.millrace.contract.feast;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contract.config.FeatureGroup;
import dev.millrace.contract.feature.ColumnCodec;
import dev.millrace.contract.store.TestRedis;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

/** The script on a real Redis. */
class FeastWriteScriptIT {
    private static final FeastView VIEW = FeastView.of(FeastViewTest.columns(), FeastViewTest.USER);
    private static final byte[] KEY = VIEW.key(List.of("1001"));

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

    private static boolean write(FeastView view, FeatureGroup group, int epoch, long seq, double count) {
        double[] values = {count, 0.5, Double.NaN};
        byte[] encoded = ColumnCodec.of(group).encode(epoch, seq, 1_767_225_600_123L, 1, values);
        return redis.eval(
                        FeastWriteScript.LUA.getBytes(UTF_8),
                        List.of(KEY),
                        view.arguments(view.finish(encoded, values)))
                .equals(1L);
    }

    private static boolean write(int epoch, long seq, double count) {
        return write(VIEW, FeastViewTest.columns(), epoch, seq, count);
    }

    private static double count() {
        return VIEW.read(new ArrayList<>(redis.hmget(KEY, VIEW.fields().toArray(byte[][]::new))))
                .values()[0];
    }

    @Test
    void onlyAStrictlyNewerVersionIsKept() {
        assertThat(write(1, 10, 5)).isTrue();
        assertThat(write(1, 9, 4)).isFalse();
        assertThat(count()).isEqualTo(5);
        assertThat(write(1, 10, 5)).as("equal").isTrue();
        assertThat(write(1, 0x1_0000_0000L, 6)).as("beyond 32 bits").isTrue();
        assertThat(write(1, 0x0_ffff_ffffL, 7)).isFalse();
        assertThat(write(2, 0, 8)).as("epoch").isTrue();
        assertThat(count()).isEqualTo(8);
    }

    @Test
    void whatOthersHaveInTheHashStays() {
        redis.hset(KEY, "_ts:other".getBytes(UTF_8), new byte[0]);
        assertThat(write(1, 1, 5)).isTrue();
        assertThat(redis.hexists(KEY, "_ts:other".getBytes(UTF_8))).isTrue();
        assertThat(redis.hlen(KEY)).isEqualTo(6);
    }

    @Test
    void aVersionOfAnotherLayoutIsNone() {
        write(1, 10, 5);
        FeatureGroup before = FeastViewTest.columns();
        FeatureGroup changed = FeastViewTest.group(
                null,
                List.of(),
                List.of(
                        before.columns().get(0),
                        new FeatureGroup.Column("share", "FP32", null),
                        before.columns().get(2)));
        assertThat(write(FeastView.of(changed, FeastViewTest.USER), changed, 0, 1, 6))
                .isTrue();
        assertThat(count()).isEqualTo(6);
    }

    @Test
    void theHashLivesAsLongAsItIsSaidAndNeverShorter() {
        write(1, 1, 5);
        assertThat(redis.pttl(KEY)).as("without keyTtl").isEqualTo(-1);
        FeatureGroup group = FeastViewTest.columns();
        FeastView lasting = FeastView.of(
                new FeatureGroup(
                        group.name(),
                        group.entity(),
                        group.revision(),
                        null,
                        null,
                        List.of(),
                        group.columns(),
                        group.ttlMs(),
                        null,
                        null,
                        null,
                        "Default",
                        "Serve",
                        null,
                        new FeatureGroup.Feast("fraud", "user_txn_stats", List.of("user_id"), 60_000L)),
                FeastViewTest.USER);
        write(lasting, group, 1, 2, 5);
        assertThat(redis.pttl(KEY)).isBetween(50_000L, 60_000L);
        redis.pexpire(KEY, 90_000);
        write(lasting, group, 1, 3, 5);
        assertThat(redis.pttl(KEY)).isBetween(80_000L, 90_000L);
    }
}
