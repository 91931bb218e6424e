package dev.millrace.aggregator.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.aggregator.sink.StoreConnections;
import dev.millrace.aggregator.sink.StoreUnavailableException;
import dev.millrace.contract.config.AggregatorConfig;
import dev.millrace.contract.config.FeatureGroup;
import dev.millrace.contract.config.Json;
import dev.millrace.contract.config.Store;
import dev.millrace.contract.store.BatchProgress;
import dev.millrace.contract.store.BatchRun;
import dev.millrace.contract.store.StoreKeys;
import dev.millrace.devkit.store.EmbeddedStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;

/**
 * Runs that are broken off and gone on with, and runs of several workers, against a real store: every value is the
 * oracle's, and of one version. Without the checkpoint the killed run begins at its first row, and the test says so.
 */
@Timeout(180)
@Tag("chaos")
class BatchResumeIT {
    private static final String RUN = "4f1e";

    @TempDir
    Path dir;

    private EmbeddedStore store;
    private Jedis jedis;
    private final List<String> told = new ArrayList<>();

    @BeforeEach
    void start() {
        store = EmbeddedStore.start();
        jedis = new Jedis("127.0.0.1", store.port());
    }

    @AfterEach
    void stop() {
        jedis.close();
        store.close();
    }

    @Test
    void aKilledLoaderGoesOnWhereItWas() throws Exception {
        Profiles profiles = new Profiles(20_000);
        profiles.write(dir.resolve("data"), 3, 20_000);
        FeatureGroup group = Profiles.group(dir.resolve("data").toString(), null);
        try (Jedis watching = new Jedis("127.0.0.1", store.port());
                GatedProxy proxy = new GatedProxy(store.port(), () -> isInSecondFile(watching, group), 300_000)) {
            Process killed = process("redis://127.0.0.1:" + proxy.port(), group, "killed");
            assertThat(proxy.shut().await(120, TimeUnit.SECONDS))
                    .as("it wrote rows of the second file; it said: %s", log("killed"))
                    .isTrue();
            killed.destroyForcibly();
            assertThat(killed.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(killed.exitValue()).as("SIGKILL").isEqualTo(137);
        }
        Part left = Objects.requireNonNull(Profiles.part(jedis, group, RUN, 0));
        assertThat(left.done()).isFalse();
        assertThat(Profiles.record(jedis)).as("nothing ended").isNull();
        long begun = Long.parseLong(jedis.hget(StoreKeys.batchRun(Profiles.NS, group, RUN), "start"));
        assertThat(profiles.read(jedis, group))
                .as("there is something left to do")
                .isNotEqualTo(profiles.oracle);

        Process next = process(store.address(), group, "next");
        assertThat(next.waitFor(120, TimeUnit.SECONDS)).isTrue();
        assertThat(next.exitValue()).as(log("next")).isZero();
        assertThat(log("next"))
                .contains("goes on with the run that began at " + begun + ", at row " + (left.row() + 1)
                        + " of file 2 of 3");
        assertThat(profiles.read(jedis, group)).isEqualTo(profiles.oracle);
        assertThat(profiles.versions(jedis, group)).as("one run, one version").containsExactly(begun);
        BatchRun run = Objects.requireNonNull(Profiles.record(jedis));
        assertThat(run.rows()).as("none counted twice").isEqualTo(profiles.good);
        assertThat(run.errors()).isEqualTo(profiles.bad);
        assertThat(run.superseded()).isZero();
        assertThat(run.start()).isEqualTo(begun);
        assertThat(run.batchEnd()).isEqualTo(begun);
    }

    private static boolean isInSecondFile(Jedis watching, FeatureGroup group) {
        Part part = Profiles.part(watching, group, RUN, 0);
        return part != null && part.file() == 1 && part.row() > 0;
    }

    @Test
    void workersDivideTheFilesAndTheLastOneEndsTheRun() throws Exception {
        Profiles profiles = new Profiles(70_000);
        profiles.write(dir.resolve("data"), 7, 3_000);
        FeatureGroup group = Profiles.group(dir.resolve("data").toString(), null);
        assertThat(load(group, new Worker(RUN, 2, 3), 5_000).waitingFor()).isEqualTo(2);
        assertThat(load(group, new Worker(RUN, 0, 3), 6_000).waitingFor()).isEqualTo(1);
        assertThat(Profiles.record(jedis)).as("a worker is not done").isNull();
        // beside the files of the run: the next one's
        Files.copy(dir.resolve("data/part-0.csv"), dir.resolve("data/part-00.csv"));
        BatchLoader.Loaded last = load(group, new Worker(RUN, 1, 3), 7_000);
        assertThat(last.waitingFor()).isZero();
        assertThat(last.run().rows()).isEqualTo(profiles.good);
        assertThat(last.run().errors()).isEqualTo(profiles.bad);
        assertThat(Profiles.record(jedis)).isEqualTo(last.run());
        assertThat(profiles.read(jedis, group)).isEqualTo(profiles.oracle);
        assertThat(profiles.versions(jedis, group))
                .as("the first worker's start")
                .containsExactly(5_000L);

        BatchLoader.Loaded again = load(group, new Worker(RUN, 1, 3), 8_000);
        assertThat(again.run().start()).isEqualTo(5_000);
        assertThat(again.run().rows()).isEqualTo(profiles.good);
        assertThat(Profiles.joined(told)).contains("which has ended");
        assertThatThrownBy(() -> load(group, new Worker(RUN, 1, 4), 9_000))
                .isInstanceOf(SourceException.class)
                .hasMessageContaining("begun by 3 workers, not 4");
    }

    @Test
    void moreWorkersThanFiles() throws Exception {
        Profiles profiles = new Profiles(1_000);
        profiles.write(dir.resolve("data"), 1, 900);
        FeatureGroup group = Profiles.group(dir.resolve("data").toString(), null);
        assertThat(load(group, new Worker(RUN, 1, 2), 5_000).waitingFor()).isEqualTo(1);
        assertThat(load(group, new Worker(RUN, 0, 2), 6_000).run().rows()).isEqualTo(900);
        assertThat(profiles.read(jedis, group)).isEqualTo(profiles.oracle);
    }

    @Test
    void aFileThatBecameAnotherOneIsReadFromItsBeginning() throws Exception {
        Profiles profiles = new Profiles(30_000);
        profiles.write(dir.resolve("data"), 1, 15_000);
        FeatureGroup group = Profiles.group(dir.resolve("data").toString(), null);
        LocalSource source = new LocalSource(dir.resolve("data").toString(), BatchFormat.CSV);
        String tag = source.list().get(0).tag();

        pretend(group, source, new Part(0, tag, 10_000, Part.Counts.NONE, tenThousand(), false));
        assertThat(load(group, new Worker(RUN, 0, 1), 6_000).run().rows()).isEqualTo(10_000 + 5_000 - 5);
        assertThat(profiles.read(jedis, group))
                .as("what is said to be there is not read")
                .hasSize(5_000 - 5);

        jedis.flushAll();
        pretend(group, source, new Part(0, "another", 10_000, Part.Counts.NONE, tenThousand(), false));
        assertThat(load(group, new Worker(RUN, 0, 1), 6_000).run().rows()).isEqualTo(profiles.good);
        assertThat(profiles.read(jedis, group)).isEqualTo(profiles.oracle);
    }

    private static Part.Counts tenThousand() {
        return new Part.Counts(10_000, 0, 0, 5_000L, null);
    }

    /** A run of which so much is done. */
    private void pretend(FeatureGroup group, LocalSource source, Part part) throws Exception {
        StoreConnections connections = new StoreConnections(new Store(store.address(), null, null, null));
        try (StoreCalls calls = new StoreCalls(connections, Duration.ofSeconds(30))) {
            RunLedger ledger = new RunLedger(calls, Profiles.NS, group, new Worker(RUN, 0, 1));
            ledger.begin(source::list, 5_000);
            ledger.save(5_000, part);
        }
    }

    @Test
    void aStoreThatIsEmptiedMeanwhileBreaksTheRunOffAndTheNextOneBeginsAnew() throws Exception {
        Profiles profiles = new Profiles(30_000);
        profiles.write(dir.resolve("data"), 1, 15_000);
        FeatureGroup group = Profiles.group(dir.resolve("data").toString(), null);
        BatchLoader loader = new BatchLoader(Profiles.config(store.address(), group, dir), line -> {
            if (line.contains("row 6000:")) {
                jedis.flushAll();
            }
        });
        assertThatThrownBy(() -> loader.load(group, new Worker(RUN, 0, 1), 5_000))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("has lost the run");
        assertThat(Profiles.record(jedis)).as("no word of values that are gone").isNull();
        assertThat(load(group, new Worker(RUN, 0, 1), 6_000).run().start()).isEqualTo(6_000);
        assertThat(profiles.read(jedis, group)).isEqualTo(profiles.oracle);
    }

    @Test
    void whoeverWatchesSeesHowFarItIs() throws Exception {
        Profiles profiles = new Profiles(30_000);
        profiles.write(dir.resolve("data"), 2, 2_000);
        FeatureGroup group = Profiles.group(dir.resolve("data").toString(), null);
        List<BatchProgress> seen = new ArrayList<>();
        Consumer<String> out = line -> {
            BatchProgress progress = Profiles.progress(jedis);
            if (progress != null) {
                seen.add(progress);
            }
        };
        new BatchLoader(Profiles.config(store.address(), group, dir), Duration.ZERO, out)
                .load(group, new Worker(RUN, 0, 1), 5_000);
        assertThat(seen).isNotEmpty().allSatisfy(p -> assertThat(p.files()).isEqualTo(2));
        assertThat(seen).extracting(BatchProgress::filesDone).contains(0, 1);
        assertThat(seen).extracting(BatchProgress::rows).isSorted().last().isEqualTo(4_000L);
        assertThat(Profiles.progress(jedis)).as("the run has ended").isNull();
        assertThat(Profiles.record(jedis)).isNotNull();
    }

    private BatchLoader.Loaded load(FeatureGroup group, Worker worker, long startMs) throws Exception {
        return new BatchLoader(Profiles.config(store.address(), group, dir), told::add).load(group, worker, startMs);
    }

    private Process process(String address, FeatureGroup group, String name) throws Exception {
        Path scratch = Files.createDirectories(dir.resolve("scratch-" + name));
        AggregatorConfig config = Profiles.config(address, group, scratch);
        Path document = dir.resolve(name + ".json");
        Files.writeString(document, Json.write(config));
        // surefire hides the class path in the manifest of a jar, and keeps the real one here
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        classPath,
                        Main.class.getName(),
                        "--config",
                        document.toString(),
                        "--group",
                        "profile",
                        "--run",
                        RUN)
                .redirectErrorStream(true)
                .redirectOutput(dir.resolve(name + ".log").toFile())
                .start();
    }

    private String log(String name) throws Exception {
        return Files.readString(dir.resolve(name + ".log"));
    }
}
