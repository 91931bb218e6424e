package dev.millrace.cli.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.cli.input.ModelFile;
import dev.millrace.plan.Images;
import dev.millrace.plan.PlanInputs;
import dev.millrace.plan.StackPlan;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalLayoutTest {
    private static final Path SAMPLE = Path.of("..", "..", "samples", "anomaly-detection", "model.yaml");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path workDir;

    private LocalLayout layout(@Nullable String kafka) {
        ModelFile file = ModelFile.read(SAMPLE, "local");
        StackPlan plan = StackPlan.of(file.valid(), PlanInputs.of(Images.of("local", "local")));
        return LocalLayout.of(plan, SAMPLE, workDir, new LocalOptions.Ports(1, 2, 3), kafka);
    }

    @Test
    void aKafkaOfItsOwnIsStartedWithTheTopicsOfTheSpec() {
        LocalLayout layout = layout(null);
        assertThat(layout.startsBroker()).isTrue();
        assertThat(layout.topics()).containsExactly("anomalies", "readings", "readings.anomaly-detection.dlq");
        assertThat(layout.bootstrapServers()).isEqualTo("127.0.0.1:" + layout.brokerPort());
    }

    @Test
    void aKafkaThatIsThereIsUsedByServerAndAggregator() {
        LocalLayout layout = layout("edge-7:9092");
        assertThat(layout.startsBroker()).isFalse();
        assertThat(layout.needsKafka()).isTrue();
        assertThat(Objects.requireNonNull(
                                layout.plan().servingConfig(layout.placement()).kafka())
                        .bootstrapServers())
                .isEqualTo("edge-7:9092");
        assertThat(Objects.requireNonNull(layout.plan()
                                .aggregatorConfig(layout.placement())
                                .kafka())
                        .bootstrapServers())
                .isEqualTo("edge-7:9092");
    }
}
