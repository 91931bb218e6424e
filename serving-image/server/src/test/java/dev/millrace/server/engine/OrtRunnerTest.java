package dev.millrace.server.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.contract.config.ServingConfig.Model;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class OrtRunnerTest {
    private static String file(String name) throws URISyntaxException {
        return Path.of(Objects.requireNonNull(OrtRunnerTest.class.getResource("/models/" + name))
                        .toURI())
                .toString();
    }

    private static OnnxModel load(String name) throws Exception {
        return OnnxModel.load(new Model(file(name), "1", null, "onnx", List.of(), List.of()), List.of("CPU"));
    }

    private static Tensor random(SplittableRandom random, int rows) {
        float[] values = new float[rows * 3];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextDouble(-5, 5);
        }
        return Tensor.ofRows("input", values, rows);
    }

    private static double expected(Tensor in, int row) {
        double z = 0.001 * in.number(3 * row) + 0.5 * in.number(3 * row + 1) + in.number(3 * row + 2) - 3;
        return 1 / (1 + Math.exp(-z));
    }

    /** Answers are still right after later runs of other sizes have overwritten the buffers, or moved them. */
    @Test
    void whatWasAnsweredStaysAsItWas() throws Exception {
        SplittableRandom random = new SplittableRandom(7);
        List<Tensor> given = new ArrayList<>();
        List<List<Tensor>> answers = new ArrayList<>();
        try (OnnxModel model = load("score.onnx");
                OrtRunner runner = (OrtRunner) model.newRunner()) {
            int most = 0;
            for (int run = 0; run < 500; run++) {
                int a = 1 + random.nextInt(40);
                int b = 1 + random.nextInt(40);
                List<Tensor> batch = List.of(random(random, a), random(random, b));
                List<Tensor> out = runner.run(batch.stream().map(List::of).toList());
                given.add(batch.get(0));
                answers.add(Executions.rows(out, 0, a));
                given.add(batch.get(1));
                answers.add(Executions.rows(out, a, a + b));
                most = Math.max(most, runner.held());
            }
            assertThat(most)
                    .as("tensors for each size that occurred, and no more")
                    .isBetween(3 * 60, 3 * 79);
        }
        for (int i = 0; i < given.size(); i++) {
            Tensor in = given.get(i);
            Tensor probabilities = answers.get(i).get(1);
            assertThat(probabilities.shape()).containsExactly(in.rows(), 2);
            assertThat(answers.get(i).get(0).shape()).containsExactly(in.rows());
            for (int r = 0; r < in.rows(); r++) {
                double p = expected(in, r);
                assertThat(probabilities.number(2 * r + 1)).isCloseTo(p, org.assertj.core.data.Offset.offset(1e-5));
                assertThat(answers.get(i).get(0).number(r)).isEqualTo(p > 0.5 ? 1 : 0);
            }
        }
    }

    @Test
    void nothingIsHeldForWhatCannotBePinned() throws Exception {
        try (OnnxModel model = load("identity.onnx");
                OrtRunner runner = (OrtRunner) model.newRunner()) {
            List<Tensor> inputs = Calibration.zeros(model.inputs(), 2);
            List<Tensor> out = runner.run(List.of(inputs));
            assertThat(out).hasSameSizeAs(inputs);
            assertThat(runner.held()).as("it has BYTES").isZero();
        }
        try (OnnxModel model = load("score.onnx");
                OrtRunner runner = (OrtRunner) model.newRunner()) {
            int rows = PinnedTensors.MAX_ROWS + 1;
            Tensor in = random(new SplittableRandom(1), rows);
            List<Tensor> out = runner.run(List.of(List.of(in)));
            assertThat(out.get(1).number(2 * rows - 1))
                    .isCloseTo(expected(in, rows - 1), org.assertj.core.data.Offset.offset(1e-5));
            assertThat(runner.held()).isZero();
        }
    }

    /** Its outputs have other shapes than its signature says: it is executed as if the shapes were not known. */
    @Test
    void aModelThatDoesNotKeepToItsSignatureIsServedAllTheSame() throws Exception {
        try (OnnxModel model = load("filter.onnx");
                OrtRunner runner = (OrtRunner) model.newRunner()) {
            Tensor all = Tensor.ofRows("input", new float[] {1, 2, 3, 4}, 2);
            assertThat(runner.run(List.of(List.of(all))).get(0).shape()).containsExactly(2, 2);
            Tensor some = Tensor.ofRows("input", new float[] {1, 2, -3, 4, 5, 6}, 3);
            for (int i = 0; i < 2; i++) {
                Tensor kept = runner.run(List.of(List.of(some))).get(0);
                assertThat(kept.shape()).containsExactly(2, 2);
                assertThat(kept.number(2)).isEqualTo(5);
            }
            assertThat(runner.held()).isZero();
        }
    }

    /** Of 100 000 runs each, with tensors that are kept and with fresh ones: a leak takes more than 200 bytes for each. */
    @Test
    void manyRunsLeaveMemoryAsItIs() throws Exception {
        ProcessBuilder command = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xms64m",
                        "-Xmx64m",
                        "-XX:+AlwaysPreTouch",
                        "-XX:+UseSerialGC",
                        RunManyTimes.class.getName(),
                        file("score.onnx"),
                        file("filter.onnx"))
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        command.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        Process process = command.start();
        try (java.io.BufferedReader out = process.inputReader()) {
            String line = out.readLine();
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(line).isNotNull();
            assertThat(Long.parseLong(line)).isLessThan(12_000);
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void aRunThatIsTerminatedEndsEarlyAndTheNextIsNot() throws Exception {
        Tensor endless = Tensor.ofRows("input", new float[] {500_000_000}, 1);
        Tensor few = Tensor.ofRows("input", new float[] {10}, 1);
        try (OnnxModel model = load("loop.onnx");
                Runner runner = model.newRunner()) {
            runner.arm();
            CompletableFuture<Long> started = new CompletableFuture<>();
            CompletableFuture<Void> run = CompletableFuture.runAsync(() -> {
                started.complete(System.nanoTime());
                assertThatThrownBy(() -> runner.run(List.of(List.of(endless))))
                        .isInstanceOf(ModelException.class)
                        .hasMessageContaining("nobody waits");
            });
            started.get(60, TimeUnit.SECONDS);
            runner.terminate();
            run.get(60, TimeUnit.SECONDS);
            assertThatThrownBy(() -> runner.run(List.of(List.of(few))))
                    .as("the rest of the same execution")
                    .isInstanceOf(ModelException.class);
            runner.arm();
            assertThat(runner.run(List.of(List.of(few))).get(0).number(0)).isEqualTo(10);
        }
    }
}
