package dev.millrace.aggregator.batch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.aggregator.TestKeys;
import dev.millrace.contract.config.FeatureGroup;
import dev.millrace.devkit.store.EmbeddedStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;

/** Files over TLS: whole in spite of breaks, and never put together from two. */
@Timeout(120)
class HttpsSourceIT {
    @TempDir
    Path dir;

    private FileServer server;
    private FeatureGroup.Access access;

    @BeforeEach
    void start() throws Exception {
        TestKeys keys = TestKeys.make(dir, "web");
        server = new FileServer(keys.serverContext());
        access = new FeatureGroup.Access(keys.caDir(dir.resolve("secret")).toString(), null, null);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private String address(String path) {
        return "https://127.0.0.1:" + server.port() + path;
    }

    private BatchSource source(FeatureGroup.@Nullable Access with) throws SourceException {
        return BatchSource.of(Profiles.batch(address("/profile.csv"), with), BatchFormat.CSV, dir.resolve("scratch"));
    }

    private String fetch(BatchSource source) throws Exception {
        try (BatchSource.Fetched fetched = source.fetch(source.list().get(0))) {
            assertThat(fetched.path().toString())
                    .as("its ending says what it is")
                    .endsWith(".csv");
            return Files.readString(fetched.path());
        }
    }

    @Test
    void aBrokenAnswerIsGoneOnWith() throws Exception {
        server.put("/profile.csv", "0123456789".repeat(1_000).getBytes(UTF_8), "\"a\"");
        server.breaksOff.set(2);
        assertThat(fetch(source(access))).isEqualTo("0123456789".repeat(1_000));
        assertThat(server.asked)
                .containsExactly(
                        "/profile.csv null null null",
                        "/profile.csv bytes=5000- \"a\" null",
                        "/profile.csv bytes=7500- \"a\" null");
        try (Stream<Path> left = Files.list(dir.resolve("scratch"))) {
            assertThat(left).as("copies").isEmpty();
        }
    }

    @Test
    void anotherProcessGoesOnToo() throws Exception {
        server.put("/profile.csv", "0123456789".repeat(1_000).getBytes(UTF_8), "\"a\"");
        server.breaksOff.set(100);
        assertThatThrownBy(() -> fetch(source(access)))
                .isInstanceOf(SourceException.class)
                .hasMessageContaining("/profile.csv: cannot be fetched");
        server.breaksOff.set(0);
        server.asked.clear();
        assertThat(fetch(source(access))).isEqualTo("0123456789".repeat(1_000));
        assertThat(server.asked).singleElement().asString().contains("bytes=").doesNotContain("bytes=0-");
    }

    @Test
    void aCopyThatIsCompleteIsNotFetchedAgain() throws Exception {
        server.put("/profile.csv", "0123456789".getBytes(UTF_8), "\"a\"");
        BatchSource source = source(access);
        BatchSource.Fetched leftBehind = source.fetch(source.list().get(0));
        server.breaksOff.set(100);
        assertThat(fetch(source(access))).isEqualTo("0123456789");
        assertThat(leftBehind.path()).doesNotExist();
        server.breaksOff.set(0);
        server.put("/profile.csv", "9876543210".getBytes(UTF_8), "\"b\"");
        assertThat(fetch(source(access))).as("another file").isEqualTo("9876543210");
    }

    @Test
    void twoFilesAreNeverMixed() throws Exception {
        for (boolean knowsConditions : new boolean[] {true, false}) {
            server.knowsConditions = knowsConditions;
            server.put("/profile.csv", "old".repeat(1_000).getBytes(UTF_8), "\"a\"");
            server.breaksOff.set(1);
            server.afterwards =
                    () -> server.put("/profile.csv", "new".repeat(1_000).getBytes(UTF_8), "\"b\"");
            assertThat(fetch(source(access)))
                    .as("the server knows conditions: %s", knowsConditions)
                    .isEqualTo("new".repeat(1_000));
        }
    }

    @Test
    void withoutATagNothingIsGoneOnWith() throws Exception {
        server.put("/profile.csv", "0123456789".getBytes(UTF_8), "");
        server.breaksOff.set(1);
        assertThat(fetch(source(access))).isEqualTo("0123456789");
        assertThat(server.asked).hasSize(2).allMatch(line -> line.contains(" null null "));
    }

    @Test
    void whoAsksIsToldFromTheSecret() throws Exception {
        server.put("/profile.csv", "x".getBytes(UTF_8), "\"a\"");
        server.wants = "Bearer t0ken";
        assertThatThrownBy(() -> fetch(source(access)))
                .isInstanceOf(SourceException.class)
                .hasMessageContaining("status 401")
                .hasMessageContaining("/profile.csv");
        Path secret = dir.resolve("secret");
        Files.writeString(secret.resolve("token"), "t0ken\n");
        assertThat(fetch(source(access))).isEqualTo("x");
        Files.delete(secret.resolve("token"));
        Files.writeString(secret.resolve("username"), "u");
        Files.writeString(secret.resolve("password"), "p");
        server.wants = "Basic " + Base64.getEncoder().encodeToString("u:p".getBytes(UTF_8));
        assertThat(fetch(source(access))).isEqualTo("x");
    }

    @Test
    void aSecretWithNothingOfUseAndAStrangersCertificateAreRefused() throws Exception {
        server.put("/profile.csv", "x".getBytes(UTF_8), "\"a\"");
        Path empty = Files.createDirectories(dir.resolve("empty"));
        assertThatThrownBy(() -> source(new FeatureGroup.Access(empty.toString(), null, null)))
                .isInstanceOf(SourceException.class)
                .hasMessageContaining("secretRef")
                .hasMessageContaining("AWS_ACCESS_KEY_ID")
                .hasMessageContaining("token");
        assertThatThrownBy(() -> fetch(source(null)))
                .isInstanceOf(SourceException.class)
                .hasMessageContaining("PKIX");
    }

    @Test
    void aWholeLoad() throws Exception {
        Profiles profiles = new Profiles(3_000);
        profiles.write(dir.resolve("data"), 1, 5_000);
        server.put("/profile.csv", Files.readAllBytes(dir.resolve("data/part-0.csv")), "\"a\"");
        server.breaksOff.set(1);
        FeatureGroup group = Profiles.group(address("/profile.csv"), access);
        try (EmbeddedStore store = EmbeddedStore.start();
                Jedis jedis = new Jedis("127.0.0.1", store.port())) {
            BatchLoader.Loaded loaded = new BatchLoader(
                            Profiles.config(store.address(), group, dir.resolve("scratch")), line -> {})
                    .load(group, Worker.alone(), 5_000);
            assertThat(loaded.run().rows()).isEqualTo(profiles.good);
            assertThat(profiles.read(jedis, group)).isEqualTo(profiles.oracle);
            server.put("/other", new byte[0], "");
            assertThatThrownBy(() -> new BatchLoader(
                                    Profiles.config(store.address(), group, dir.resolve("scratch")), line -> {})
                            .load(Profiles.group(address("/none.csv"), access), Worker.alone(), 6_000))
                    .isInstanceOf(SourceException.class)
                    .hasMessageContaining("status 404");
            assertThat(List.of(String.valueOf(Profiles.record(jedis))))
                    .first()
                    .asString()
                    .contains("404");
        }
    }
}
