package dev.millrace.aggregator;

import dev.millrace.aggregator.sink.HeartbeatWrite;
import dev.millrace.aggregator.sink.StoreClient;
import dev.millrace.aggregator.sink.StoreIdentity;
import dev.millrace.aggregator.sink.StoreUnavailableException;
import dev.millrace.aggregator.sink.StoreWrite;
import dev.millrace.aggregator.stream.Tuning;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** The aggregator as a process of its own, with a store that takes its time: what {@link ChaosIT} kills. */
final class ChaosMain {
    private ChaosMain() {}

    /** {@code aggregator.json, ms that a write takes, barrier|no-barrier}. */
    public static void main(String[] args) throws Exception {
        long delayMs = Long.parseLong(args[1]);
        Tuning tuning =
                Tuning.defaults().withSessionTimeout(Duration.ofMillis(1_500)).withRetry(Duration.ofMillis(300));
        Main.run(Aggregator.start(
                Main.read(Path.of(args[0])),
                args[2].equals("barrier") ? tuning : tuning.withoutBarrier(),
                client -> new SlowClient(client, delayMs)));
    }

    /** Waits before each pipeline, as a store would that is far away or busy. */
    private record SlowClient(StoreClient client, long delayMs) implements StoreClient {
        @Override
        public Answer write(List<StoreWrite> writes) throws StoreUnavailableException {
            long until = System.nanoTime() + Duration.ofMillis(delayMs).toNanos();
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
