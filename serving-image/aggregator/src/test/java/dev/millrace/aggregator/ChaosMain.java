package dev.millrace.aggregator;

import dev.millrace.aggregator.sink.HeartbeatWrite;
import dev.millrace.aggregator.sink.StoreClient;
import dev.millrace.aggregator.sink.StoreIdentity;
import dev.millrace.aggregator.sink.StoreUnavailableException;
import dev.millrace.aggregator.sink.StoreWrite;
import dev.millrace.aggregator.stream.Tuning;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** The aggregator as a process of its own, with a store that takes its time: what {@link ChaosIT} kills. */
final class ChaosMain {
    private ChaosMain() {}

    /** {@code aggregator.json, ms that a write takes, barrier|no-barrier, file}: a write takes so long while there is the file. */
    public static void main(String[] args) throws Exception {
        long delayMs = Long.parseLong(args[1]);
        Tuning tuning = Tuning.defaults()
                .withSessionTimeout(Duration.ofMillis(1_500))
                .withRetry(Duration.ofMillis(300))
                // two writes may be waited for, the one on its way and the next; what is longer makes the broker wait
                // longer
                // for the transaction of one that was killed
                .withDrainBound(Duration.ofMillis(Math.min(15_000, 2_000 + 2 * delayMs)));
        Path slow = Path.of(args[3]);
        Main.run(Aggregator.start(
                Main.read(Path.of(args[0])),
                args[2].equals("barrier") ? tuning : tuning.withoutBarrier(),
                client -> new SlowClient(client, delayMs, slow)));
    }

    /** Waits before each pipeline, as a store would that is far away or busy. */
    private record SlowClient(StoreClient client, long delayMs, Path slow) implements StoreClient {
        @Override
        public Answer write(List<StoreWrite> writes) throws StoreUnavailableException {
            long until = System.nanoTime()
                    + (Files.exists(slow) ? Duration.ofMillis(delayMs).toNanos() : 0);
            while (System.nanoTime() < until) {
                LockSupport.parkNanos(until - System.nanoTime());
            }
            return client.write(writes);
        }

        @Override
        public boolean heartbeats(Collection<HeartbeatWrite> heartbeats) throws StoreUnavailableException {
            return client.heartbeats(heartbeats);
        }

        @Override
        public StoreIdentity identity() throws StoreUnavailableException {
            return client.identity();
        }

        @Override
        public void close() {
            client.close();
        }
    }
}
