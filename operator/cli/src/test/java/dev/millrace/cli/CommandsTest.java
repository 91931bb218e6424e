package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class CommandsTest {
    private static final Path SAMPLE = Path.of("../../samples/fraud/model.yaml");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path dir;

    private String sample = "";

    private record Run(int exit, String out, String err) {}

    @BeforeEach
    void readSample() throws IOException {
        sample = Files.readString(SAMPLE);
    }

    private static Run run(String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine command = Main.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        return new Run(command.execute(args), out.toString(), err.toString());
    }

    private Run check(String yaml) throws IOException {
        Path file = dir.resolve("model.yaml");
        Files.writeString(file, yaml);
        return run("check", "-f", file.toString());
    }

    @Test
    void sampleIsFine() {
        Run run = run("check", "-f", SAMPLE.toString());
        assertThat(run.out()).isEqualTo(SAMPLE + ": no errors, no warnings\n");
        assertThat(run.exit()).isZero();
    }

    /** What an API server with strict field validation says, and in its words what to do. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            minReplicas: 2            | minReplica: 2            | spec.scaling.minReplica: is not a field of spec.scaling; did you mean minReplicas?
            kind: RealtimeModel       | kind: RealtimeModel\\nspecs: {} | specs: is not a field of a RealtimeModel; did you mean spec?
            minReplicas: 2            | minReplicas: two         | spec.scaling.minReplicas: must be a whole number
            minReplicas: 2            | minReplicas: 0           | spec.scaling.minReplicas: 0 is less than 1
            percentile: "99.9"        | percentile: 99.9         | spec.slo.latency.percentile: must be a string; write "99.9" in quotes
            format: csv               | format: xml              | spec.features.groups[1].batch.format: 'xml' must be one of csv, jsonl, parquet
            threshold: 50ms           | threshold: 50 ms         | spec.slo.latency.threshold: '50 ms' does not match
            - {name: amount, datatype | - {nam: amount, datatype | spec.features.request[0].nam: is not a field of spec.features.request[0]; did you mean name?
            ttl: 2d                   | ttl: 1d                  | spec.features.groups[0].ttl: 1d is shorter than the longest window
            entities:                 | entities: {}\\n    entity: | spec.features.entities: must be a list
            apiVersion: millrace.dev/v1alpha1 | apiVersion: millrace.dev/v1 | apiVersion: 'millrace.dev/v1' must be millrace.dev/v1alpha1
            """)
    void checkNamesTheField(String before, String after, String expected) throws IOException {
        String edited = sample.replace(before, after.replace("\\n", "\n"));
        assertThat(edited).isNotEqualTo(sample);
        Run run = check(edited);
        assertThat(run.out()).contains("error " + expected);
        assertThat(run.exit()).isEqualTo(1);
    }

    @Test
    void warningsAloneAreNoFailure() throws IOException {
        Run run = check(sample.replace("minReplicas: 2", "minReplicas: 1"));
        assertThat(run.out())
                .contains("warning spec.scaling.minReplicas:", "[SingleReplica]")
                .endsWith(": no errors, 1 warning\n");
        assertThat(run.exit()).isZero();
    }

    @Test
    void brokenYamlIsALineNotAStackTrace() throws IOException {
        Run run = check(sample.replace("spec:\n", "spec: [\n"));
        assertThat(run.err())
                .matches("(?s)error: .*model\\.yaml:[0-9]+:[0-9]+: .*")
                .doesNotContain("\tat ");
        assertThat(run.exit()).isEqualTo(1);
    }

    @Test
    void aKeyThatStandsTwiceIsAnError() throws IOException {
        Run run = check(sample.replace("    minReplicas: 2\n", "    minReplicas: 2\n    minReplicas: 3\n"));
        assertThat(run.err()).contains("minReplicas").contains("model.yaml:");
        assertThat(run.exit()).isEqualTo(1);
    }

    @Test
    void aForwarderSaysWhatItNeeds() {
        Run nowhere = run("forward", "--topic", "anomalies");
        assertThat(nowhere.exit()).isEqualTo(2);
        assertThat(nowhere.err()).contains("--to and --topic are required");
        Run both = run("forward", "--config", "forward.json", "--to", "central:9092");
        assertThat(both.exit()).isEqualTo(2);
        assertThat(both.err()).contains("--config says all");
    }

    @Test
    void missingFileAndForeignObjectsAreNamed() throws IOException {
        assertThat(run("check", "-f", "nowhere.yaml").err()).isEqualTo("error: nowhere.yaml: no such file\n");
        assertThat(check("kind: Pod\n").err()).contains("holds no RealtimeModel");
        assertThat(check(sample + "---\n" + sample).err()).contains("holds 2 RealtimeModel");
        assertThat(run("check").exit()).isEqualTo(2);
        assertThat(run().exit()).isEqualTo(2);
    }

    /** Said before anything is started, and nothing is left of the attempt. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            configmap://fraud-model/model.onnx     | configmap://fraud-model/absent.onnx     | spec.model.storageUri
            configmap://fraud-profile/profile.csv  | configmap://fraud-profile/absent.csv    | spec.features.groups[profile].batch.storageUri
            """)
    void aFileThatALocalRunNeedsIsNamedWhenItIsMissing(String before, String after, String field) throws IOException {
        String edited = sample.replace(before, after);
        assertThat(edited).isNotEqualTo(sample);
        Path file = dir.resolve("model.yaml");
        Files.writeString(file, edited);
        for (String name : List.of("model.onnx", "profile.csv")) {
            Files.copy(SAMPLE.resolveSibling(name), dir.resolve(name));
        }
        Run run = run("local", "-f", file.toString(), "--rest-port=0", "--grpc-port=0", "--metrics-port=0");
        String absent = after.substring(after.lastIndexOf('/') + 1);
        assertThat(run.err())
                .isEqualTo("error: " + field + ": a local run reads this from " + dir.resolve(absent)
                        + ", which does not exist\n");
        assertThat(run.exit()).isEqualTo(1);
        assertThat(Path.of(run.out().replaceAll("(?s).*; logs in (\\S+).*", "$1")))
                .doesNotExist();
        assertThat(run("local", "-f", dir.resolve("nowhere.yaml").toString()).err())
                .endsWith("nowhere.yaml: no such file\n");
    }

    /** The Secret of a database is a directory beside the YAML. */
    @Test
    void aSecretThatALocalRunNeedsIsNamedWhenItIsMissing() throws IOException {
        String edited = sample.replaceAll(
                "      batch:\n( {8}.*\n)+",
                "      sql: {secretRef: {name: pg}, query: select * from profiles where id = \\$1}\n");
        assertThat(edited).contains("secretRef: {name: pg}");
        Path file = dir.resolve("model.yaml");
        Files.writeString(file, edited);
        Files.copy(SAMPLE.resolveSibling("model.onnx"), dir.resolve("model.onnx"));
        String[] local = {"local", "-f", file.toString(), "--rest-port=0", "--grpc-port=0", "--metrics-port=0"};
        assertThat(run(local).err())
                .startsWith("error: spec.features.groups[profile].sql.secretRef: a local run reads the Secret from the"
                        + " directory " + dir.resolve("pg") + ", a file for each key, which does not exist");
    }

    @Test
    void renderPrintsReasonsAndObjectsAndNothingElse() {
        Run run = run("render", "-f", SAMPLE.toString(), "-n", "payments", "--images-prefix", "registry.example/m");
        assertThat(run.exit()).isZero();
        assertThat(run.err()).isEmpty();
        assertThat(run.out())
                .startsWith("# RealtimeModel payments/fraud")
                .contains("# slo.budget.queue: 18ms  # reason: ")
                .contains("# capacityRps: ", "# scaling.cpuUtilization: ", "# features.store.limit: 171Mi  # reason: ")
                .contains("image: registry.example/m/millrace-server:dev")
                .contains("kind: Deployment", "kind: StatefulSet", "namespace: payments")
                .contains("kind: PodMonitor", "kind: PrometheusRule", "alert: RealtimeModelFeaturePipelineSlow")
                .doesNotContain("kind: Secret");
    }

    @Test
    void theRankingSampleIsCleanAndItsObjectsPrint() {
        String sample = "../../samples/recommendations/model.yaml";
        assertThat(run("check", "-f", sample).out()).endsWith(": no errors, no warnings\n");
        Run render = run("render", "-f", sample);
        assertThat(render.exit()).isZero();
        assertThat(render.out()).contains("kind: Deployment", "kind: StatefulSet", "popular-users");
    }

    @Test
    void theAnomalySampleIsCleanAndItsObjectsPrint() {
        String sample = "../../samples/anomaly-detection/model.yaml";
        assertThat(run("check", "-f", sample).out()).endsWith(": no errors, no warnings\n");
        Run render = run("render", "-f", sample);
        assertThat(render.exit()).isZero();
        assertThat(render.out())
                .contains("kind: Deployment", "kind: StatefulSet", "default-anomaly-detection-stream-inference");
    }

    @Test
    void renderIsDeterministic() {
        String[] args = {"render", "-f", SAMPLE.toString()};
        assertThat(run(args).out()).isEqualTo(run(args).out());
    }

    @Test
    void renderRefusesASpecWithErrors() throws IOException {
        Path file = dir.resolve("model.yaml");
        Files.writeString(file, sample.replace("ttl: 2d", "ttl: 1d"));
        Run run = run("render", "-f", file.toString());
        assertThat(run.exit()).isEqualTo(1);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).contains("error spec.features.groups[0].ttl:");
    }

    @Test
    void imagesCanBeGivenOneByOne() {
        String out = run(
                        "render",
                        "-f",
                        SAMPLE.toString(),
                        "--images-server=s@sha256:1",
                        "--images-aggregator=a@sha256:2",
                        "--images-store=debian-redis:1",
                        "--images-store-command=/usr/bin/redis-server")
                .out();
        assertThat(out)
                .contains("image: s@sha256:1", "image: a@sha256:2", "image: debian-redis:1", "- /usr/bin/redis-server")
                .doesNotContain("valkey");
    }

    @Test
    void namespaceMustNotContradictTheFile() throws IOException {
        Path file = dir.resolve("model.yaml");
        Files.writeString(file, sample.replace("  name: fraud\n", "  name: fraud\n  namespace: shop\n"));
        assertThat(run("check", "-f", file.toString(), "-n", "bank").err()).contains("metadata.namespace is shop");
        assertThat(run("check", "-f", file.toString(), "-n", "shop").exit()).isZero();
    }
}
