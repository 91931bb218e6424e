package dev.millrace.aggregator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.contract.store.Heartbeat;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;

/** Events of a real broker become values of a real store. */
class AggregatorIT {
    @TempDir
    Path dir;

    private Bench bench;

    @BeforeEach
    void start() {
        bench = new Bench();
    }

    @AfterEach
    void stop() {
        bench.close();
    }

    @Test
    void everyCustomersValueEqualsTheOracle() throws Exception {
        try (Aggregator aggregator = Aggregator.start(bench.config(dir))) {
            bench.purchases(2_000, 50);
            bench.awaitOracle("first events, with the start of the stream");
            bench.purchases(500, 50);
            bench.awaitOracle("500 more");
            assertThat(aggregator.status().state()).isEqualTo("Running");
            assertThat(aggregator.status().reason()).isNull();
            try (Jedis jedis = new Jedis("127.0.0.1", bench.store().port())) {
                for (int p = 0; p < Bench.PARTITIONS; p++) {
                    int partition = p;
                    await("heartbeat without lag").atMost(Bench.PATIENCE).until(() -> {
                        Heartbeat h = bench.heartbeat(jedis, partition);
                        return h != null && h.lagRecords() == 0 && h.wallClockMs() - h.caughtUpAtMs() < 1_000;
                    });
                }
            }
        }
    }
}
