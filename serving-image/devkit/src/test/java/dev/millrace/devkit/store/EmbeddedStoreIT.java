package dev.millrace.devkit.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.devkit.machine.Ports;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

class EmbeddedStoreIT {
    @Test
    void isARealRedisThatKeepsNothingAndEvictsNothing() {
        List<ProcessHandle> children;
        int port;
        try (EmbeddedStore store = EmbeddedStore.start()) {
            port = store.port();
            children = store.processes();
            try (Jedis jedis = new Jedis("127.0.0.1", port)) {
                jedis.set("a", "1");
                assertThat(jedis.get("a")).isEqualTo("1");
                assertThat(jedis.configGet("save")).containsEntry("save", "");
                assertThat(jedis.configGet("maxmemory-policy")).containsEntry("maxmemory-policy", "noeviction");
                assertThat(jedis.eval("return redis.call('GET', KEYS[1])", List.of("a"), List.of()))
                        .isEqualTo("1");
            }
        }
        assertThat(children).isNotEmpty().noneMatch(ProcessHandle::isAlive);
        assertThat(Ports.isFree("127.0.0.1", port)).isTrue();
    }

    @Test
    void asksForThePassword() {
        try (EmbeddedStore store = EmbeddedStore.start(0, "secret");
                Jedis jedis = new Jedis("127.0.0.1", store.port())) {
            assertThat(jedis.auth("secret")).isEqualTo("OK");
        }
    }

    @Test
    void redisEndsWhenTheProcessThatStartedItIsKilled() throws Exception {
        Process parent = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "dev.millrace.devkit.Main",
                        "store")
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(parent.getInputStream(), StandardCharsets.UTF_8))) {
            assertThat(out.readLine()).startsWith("millrace-store ready address=redis://127.0.0.1:");
            List<ProcessHandle> children = parent.descendants().toList();
            assertThat(children).isNotEmpty();
            long killed = System.nanoTime();
            parent.destroyForcibly().waitFor();
            Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> children.stream()
                    .noneMatch(ProcessHandle::isAlive));
            System.out.printf(
                    "redis gone %d ms after kill -9 of its parent%n", (System.nanoTime() - killed) / 1_000_000);
        } finally {
            parent.destroyForcibly();
        }
    }
}
