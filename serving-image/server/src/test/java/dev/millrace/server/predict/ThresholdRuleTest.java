package dev.millrace.server.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.contract.config.ServingConfig.TensorSpec;
import dev.millrace.contract.config.ServingConfig.Threshold;
import dev.millrace.server.engine.LoadException;
import dev.millrace.server.engine.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

class ThresholdRuleTest {
    private final ThresholdRule rule =
            new ThresholdRule(new Threshold("probabilities", 1, 0.8, List.of("approve", "review")));

    private static List<Tensor> row(float p0, float p1) {
        return List.of(Tensor.ofRows("probabilities", new float[] {p0, p1}, 1));
    }

    @Test
    void aboveMeansGreater() {
        assertThat(rule.score(row(0.1f, 0.9f))).extracting(Score::label).isEqualTo("review");
        assertThat(rule.score(row(0.9f, 0.1f))).extracting(Score::label).isEqualTo("approve");
        ThresholdRule half = new ThresholdRule(new Threshold("probabilities", 1, 0.5, List.of("a", "b")));
        assertThat(half.score(row(0.5f, 0.5f))).extracting(Score::label).isEqualTo("a");
    }

    @Test
    void aScoreThatIsNoNumberIsNoAnswer() {
        assertThat(rule.score(row(Float.NaN, Float.NaN))).isNull();
        assertThat(rule.score(List.of(Tensor.ofRows("other", new float[] {1}, 1))))
                .isNull();
    }

    @Test
    void withoutARuleThereIsNoLabel() {
        Score score = new ThresholdRule(null).score(row(0.1f, 0.9f));
        java.util.Objects.requireNonNull(score);
        assertThat(score.label()).isNull();
        assertThat(score.outputs()).hasSize(1);
    }

    @Test
    void theModelMustHaveTheOutputAndTheColumn() throws Exception {
        rule.check(List.of(new TensorSpec("probabilities", "FP32", List.of(-1L, 2L))));
        assertThatThrownBy(() -> rule.check(List.of(new TensorSpec("p", "FP32", List.of(-1L, 2L)))))
                .isInstanceOf(LoadException.class)
                .hasMessageContaining("postProcessing.threshold.output");
        assertThatThrownBy(() -> rule.check(List.of(new TensorSpec("probabilities", "FP32", List.of(-1L)))))
                .isInstanceOf(LoadException.class)
                .hasMessageContaining("postProcessing.threshold.index");
    }
}
