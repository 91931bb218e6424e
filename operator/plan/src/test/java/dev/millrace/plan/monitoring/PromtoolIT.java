package dev.millrace.plan.monitoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The generated rules under Prometheus' own evaluator: each alert fires, clears and keeps quiet on few events. */
class PromtoolIT {
    private static final String PROMTOOL = "promtool";

    @TempDir
    Path directory;

    @BeforeAll
    static void promtoolIsThere() {
        boolean there = Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .anyMatch(path -> Files.isExecutable(Path.of(path, PROMTOOL)));
        if (!there) {
            System.out.println(
                    "skipped: PromtoolIT needs promtool, Debian package prometheus (apt-get install prometheus)");
        }
        assumeTrue(there, "promtool is missing: apt-get install prometheus");
    }

    static Stream<MonitoringPlan> plans() {
        return Stream.of(
                RuleFiles.fraud(),
                RuleFiles.plan("99.9", "99.9", 0.2, false),
                RuleFiles.plan("99.99", "99.999", 0.15, false),
                RuleFiles.plan("95", "99", 0.2, false),
                RuleFiles.plan("90", "90", 0.2, true));
    }

    @ParameterizedTest
    @MethodSource("plans")
    void promtoolAcceptsTheRules(MonitoringPlan plan) throws Exception {
        String output = run(
                "check",
                "rules",
                RuleFiles.write(plan, directory.resolve("rules.yaml"), true).toString());
        assertThat(output).contains("SUCCESS").doesNotContain("duplicate");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "latency",
                "slow-burn",
                "availability",
                "freshness",
                "pipeline",
                "drift",
                "readings",
                "rejected",
                "absent"
            })
    void alertsFireAndClear(String name) throws Exception {
        RuleFiles.write(RuleFiles.fraud(), directory.resolve("rules.yaml"), false);
        assertThat(run("test", "rules", copied(name).toString())).contains("SUCCESS");
    }

    /** What a person reads at night: how bad, what is left, until when. */
    @Test
    void annotationsSayWhatIsLeft() throws Exception {
        RuleFiles.write(RuleFiles.fraud(), directory.resolve("rules.yaml"), true);
        assertThat(run("test", "rules", copied("annotations").toString())).contains("SUCCESS");
    }

    private Path copied(String name) throws IOException {
        Path file = directory.resolve(name + ".yaml");
        try (InputStream resource = PromtoolIT.class.getResourceAsStream("/promtool/" + name + ".yaml")) {
            assertThat(resource).as(name).isNotNull();
            Files.write(file, resource.readAllBytes());
        }
        return file;
    }

    private String run(String... arguments) throws Exception {
        List<String> command =
                Stream.concat(Stream.of(PROMTOOL), Stream.of(arguments)).toList();
        Path log = directory.resolve("promtool.log");
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            assertThat(process.waitFor(4, TimeUnit.MINUTES))
                    .as("promtool ended in time")
                    .isTrue();
        } finally {
            process.destroyForcibly();
        }
        String output = Files.readString(log, StandardCharsets.UTF_8);
        assertThat(process.exitValue()).as(output).isZero();
        return output;
    }
}
