package dev.millrace.server.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contract.config.ServingConfig.Model;
import dev.millrace.devkit.sensors.FixedThresholds;
import dev.millrace.devkit.sensors.Reading;
import dev.millrace.devkit.sensors.SensorFeatures;
import dev.millrace.devkit.sensors.SensorSet;
import dev.millrace.devkit.sensors.Verdicts;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What {@code samples/anomaly-detection} claims, with its committed model, on machines that training has not seen. */
class AnomalySampleTest {
    private static final Path SAMPLE = Path.of("..", "..", "samples", "anomaly-detection");
    private static final int MACHINES = 12;
    private static final int SECONDS = 3_600;
    private static final int ROWS = 1_024;

    @Test
    void findsMoreFaultsThanFixedThresholdsWithAFractionOfTheFalseAlarms() throws Exception {
        FixedThresholds sameFaults = thresholds(FixedThresholds.SAME_FAULTS_FOUND);
        FixedThresholds sameAlarms = thresholds(FixedThresholds.SAME_FALSE_ALARMS);
        Verdicts model = new Verdicts();
        Verdicts narrow = new Verdicts();
        Verdicts wide = new Verdicts();
        try (Batches batches = new Batches(model)) {
            SensorSet.each(11, SensorSet.HELD_OUT, MACHINES, SensorSet.START_MS, SECONDS, (reading, vector) -> {
                narrow.add(reading, sameFaults.alarm(reading));
                wide.add(reading, sameAlarms.alarm(reading));
                batches.add(reading, vector);
            });
            batches.run();
        }
        Verdicts.Summary served = model.summary();
        System.out.println("model " + served + ", thresholds " + narrow.summary() + " and " + wide.summary());

        assertThat(served.readings()).isEqualTo((long) MACHINES * SECONDS);
        assertThat(served.found() + served.missed()).isGreaterThan(50);
        assertThat(served.foundShare()).isGreaterThan(0.85);
        assertThat(served.foundShareByKind())
                .allSatisfy((kind, share) -> assertThat(share).as(kind.name()).isGreaterThan(0.6));
        // one reading in 450
        assertThat(served.falseAlarmsPerHour()).isLessThan(8);
        // with bounds that find as much: by far more false alarms
        assertThat(narrow.summary().foundShare()).isGreaterThan(0.75);
        assertThat(narrow.summary().falseAlarmsPerHour()).isGreaterThan(50 * served.falseAlarmsPerHour());
        // with bounds that are as quiet: by far fewer faults
        assertThat(wide.summary().foundShare()).isLessThan(served.foundShare() / 2);
    }

    private static FixedThresholds thresholds(String name) throws Exception {
        return Objects.requireNonNull(
                FixedThresholds.read(SAMPLE.resolve("thresholds.json")).get(name));
    }

    /** Rows to the model, many at once. */
    private static final class Batches implements AutoCloseable {
        private final OnnxModel model;
        private final Runner runner;
        private final double above;
        private final Verdicts verdicts;
        private final List<Reading> readings = new ArrayList<>();
        private final List<float[]> vectors = new ArrayList<>();

        Batches(Verdicts verdicts) throws Exception {
            Path file = SAMPLE.resolve("model.onnx");
            this.verdicts = verdicts;
            this.model = OnnxModel.load(
                    new Model(file.toString(), "1", Digests.sha256(file), "onnx", List.of(), List.of()),
                    List.of("CPU"));
            this.runner = model.newRunner();
            this.above = threshold();
        }

        /** Of the spec: what is served is what is tested. */
        private static double threshold() throws Exception {
            String line = Files.readAllLines(SAMPLE.resolve("model.yaml")).stream()
                    .filter(l -> l.contains("threshold: {output: probabilities"))
                    .findFirst()
                    .orElseThrow();
            return Double.parseDouble(line.replaceAll(".*above: \"([0-9.]+)\".*", "$1"));
        }

        void add(Reading reading, float[] vector) {
            readings.add(reading);
            vectors.add(vector);
            if (readings.size() == ROWS) {
                try {
                    run();
                } catch (ModelException e) {
                    throw new IllegalStateException(e);
                }
            }
        }

        void run() throws ModelException {
            int width = SensorFeatures.places().size();
            float[] rows = new float[readings.size() * width];
            for (int i = 0; i < vectors.size(); i++) {
                System.arraycopy(vectors.get(i), 0, rows, i * width, width);
            }
            Tensor probabilities = runner.run(List.of(List.of(Tensor.ofRows("input", rows, readings.size()))))
                    .get(1);
            for (int i = 0; i < readings.size(); i++) {
                verdicts.add(readings.get(i), probabilities.number(2 * i + 1) > above);
            }
            readings.clear();
            vectors.clear();
        }

        @Override
        public void close() {
            runner.close();
            model.close();
        }
    }
}
