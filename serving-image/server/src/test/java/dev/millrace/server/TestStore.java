package dev.millrace.server;

import dev.millrace.contract.config.FeatureGroup;
import dev.millrace.contract.feast.FeastView;
import dev.millrace.contract.feast.FeastWriteScript;
import dev.millrace.contract.feature.ColumnCodec;
import dev.millrace.contract.feature.EventColumns;
import dev.millrace.contract.feature.TileLayout;
import dev.millrace.contract.feature.TileState;
import dev.millrace.contract.store.BatchRun;
import dev.millrace.contract.store.Heartbeat;
import dev.millrace.contract.store.StoreKeys;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Jedis;
import redis.embedded.core.ExecutableProvider;

/** A real Redis as a child process that can be stopped, frozen and killed; and what an aggregator would write to it. */
public final class TestStore implements AutoCloseable {
    private static final String NS = StoreKeys.ns("test", "fraud");

    private final Process process;
    private final int port;

    private TestStore(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    private static final EventColumns NOTHING = new EventColumns() {
        @Override
        public double number(int column) {
            return 0;
        }

        @Override
        public long hash(int column) {
            return 0;
        }

        @Override
        public boolean isNull(int column) {
            return true;
        }
    };

    public static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    public static TestStore start(Path dir, int port) throws IOException {
        Path binary =
                ExecutableProvider.newJarResourceProvider(dir.toFile()).get().toPath();
        Process process = new ProcessBuilder(
                        binary.toString(),
                        "--port",
                        Integer.toString(port),
                        "--bind",
                        "127.0.0.1",
                        "--save",
                        "",
                        "--dir",
                        dir.toString())
                .redirectErrorStream(true)
                .redirectOutput(dir.resolve("store.log").toFile())
                .start();
        TestStore store = new TestStore(process, port);
        Awaitility.await().atMost(Duration.ofSeconds(60)).ignoreExceptions().until(() -> {
            try (Jedis jedis = store.client()) {
                return "PONG".equals(jedis.ping());
            }
        });
        return store;
    }

    public String address() {
        return "redis://127.0.0.1:" + port;
    }

    private Jedis client() {
        return new Jedis("127.0.0.1", port, 5_000);
    }

    /** {@code count} purchases, now. */
    public void purchases(String customer, int count) {
        FeatureGroup group = Specs.purchases("Default", "Serve");
        TileLayout layout = TileLayout.of(group);
        TileState state = TileState.empty(layout);
        long now = System.currentTimeMillis();
        for (int i = 0; i < count; i++) {
            state.apply(0, i, now, NOTHING);
        }
        set(key(customer, group), state.toValue(1, now, 0));
    }

    /** What the stream of a hybrid group has of a customer: events at these times. */
    public void streamed(FeatureGroup group, String customer, long... timesMs) {
        set(key(customer, group), state(TileLayout.of(group), timesMs).toValue(1, System.currentTimeMillis(), 0));
        heartbeat(group);
    }

    /** Caught up. */
    public void heartbeat(FeatureGroup group) {
        Heartbeat heartbeat = heartbeatNow(0);
        try (Jedis jedis = client()) {
            jedis.set(StoreKeys.heartbeat(NS, group, 0), heartbeat.encode());
        }
    }

    /** What the batch of a hybrid group has of a customer. */
    public void loaded(FeatureGroup group, String customer, long endMs, long... timesMs) {
        set(
                StoreKeys.batchValue(NS, Specs.CUSTOMER, List.of(customer), group),
                state(TileLayout.whole(group), timesMs).toBatchValue(1, 1, endMs, System.currentTimeMillis()));
    }

    public void corruptBatch(FeatureGroup group, String customer) {
        set(StoreKeys.batchValue(NS, Specs.CUSTOMER, List.of(customer), group), new byte[40]);
    }

    /** The run that wrote all of it is over. */
    public void batchEnd(FeatureGroup group, long endMs) {
        try (Jedis jedis = client()) {
            jedis.hset(StoreKeys.meta(NS), "batchEnd:" + group.name() + "." + group.revision(), Long.toString(endMs));
        }
    }

    private static TileState state(TileLayout layout, long... timesMs) {
        TileState state = TileState.empty(layout);
        for (int i = 0; i < timesMs.length; i++) {
            state.apply(0, i, timesMs[i], NOTHING);
        }
        return state;
    }

    /** {@code ageMs}: how long ago the batch ended. */
    public void risk(String customer, double risk, long ageMs) {
        FeatureGroup group = Specs.profile();
        long end = System.currentTimeMillis() - ageMs;
        set(key(customer, group), ColumnCodec.of(group).encode(1, end, end, end, new double[] {risk}));
        try (Jedis jedis = client()) {
            jedis.hset(StoreKeys.meta(NS), "batchEnd:profile.0b1c", Long.toString(end));
        }
    }

    /** What the loader leaves behind. */
    public void batchRun(BatchRun run) {
        try (Jedis jedis = client()) {
            jedis.hset(StoreKeys.meta(NS), "batchRun:profile.0b1c", run.encode());
        }
    }

    /** {@code lagMs}: 0 = caught up. */
    public void heartbeat(long lagMs) {
        Heartbeat heartbeat = heartbeatNow(lagMs);
        try (Jedis jedis = client()) {
            jedis.set(StoreKeys.heartbeat(NS, Specs.purchases("Default", "Serve"), 0), heartbeat.encode());
        }
    }

    private static Heartbeat heartbeatNow(long lagMs) {
        long now = System.currentTimeMillis();
        return new Heartbeat(lagMs == 0 ? 0 : 5, 1, now, now - lagMs, now, 1, 1);
    }

    public void corrupt(String customer) {
        set(key(customer, Specs.purchases("Default", "Serve")), new byte[] {1, 2, 3});
    }

    /** As an aggregator or a loader leaves it in a store of Feast's. */
    public void feast(FeatureGroup group, String customer, long timeMs, double... values) {
        FeastView view = FeastView.of(group, Specs.CUSTOMER);
        byte[] header = ColumnCodec.of(Specs.profile()).encode(1, timeMs, timeMs, timeMs, new double[] {0});
        try (Jedis jedis = client()) {
            jedis.eval(
                    FeastWriteScript.LUA.getBytes(StandardCharsets.UTF_8),
                    List.of(view.key(List.of(customer))),
                    view.arguments(view.finish(header, values)));
        }
    }

    /** One field of a customer's hash in a store of Feast's; null = the hash gives way to something else. */
    public void feastField(FeatureGroup group, String customer, int field, byte @Nullable [] value) {
        FeastView view = FeastView.of(group, Specs.CUSTOMER);
        byte[] key = view.key(List.of(customer));
        try (Jedis jedis = client()) {
            if (value == null) {
                jedis.set(key, new byte[] {1});
            } else {
                jedis.hset(key, view.fields().get(field), value);
            }
        }
    }

    private static String key(String customer, FeatureGroup group) {
        return StoreKeys.value(NS, Specs.CUSTOMER, List.of(customer), group);
    }

    private void set(String key, byte[] value) {
        try (Jedis jedis = client()) {
            jedis.set(key.getBytes(StandardCharsets.UTF_8), value);
        }
    }

    /** Accepts and says nothing: {@code SIGSTOP}. */
    public void freeze() throws IOException, InterruptedException {
        signal("-STOP");
    }

    public void thaw() throws IOException, InterruptedException {
        signal("-CONT");
    }

    private void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", name, Long.toString(process.pid()))
                .inheritIO()
                .start()
                .waitFor(60, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
    }
}
