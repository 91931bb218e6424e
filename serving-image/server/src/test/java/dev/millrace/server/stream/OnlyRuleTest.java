package dev.millrace.server.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.millrace.contract.config.ConfigException;
import dev.millrace.contract.config.ServingConfig.RequestField;
import dev.millrace.contract.config.ServingConfig.Threshold;
import dev.millrace.server.engine.Datatype;
import dev.millrace.server.engine.Tensor;
import dev.millrace.server.predict.Prediction;
import dev.millrace.server.predict.Prediction.Flags;
import dev.millrace.server.predict.Reading;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code only}, over the values that it sees. */
class OnlyRuleTest {
    private static final List<RequestField> REQUEST = List.of(
            new RequestField("amount", "FP32", true, null),
            new RequestField("channel", "INT64", false, "2"),
            new RequestField("gap", "FP32", false, null));
    private static final Threshold THRESHOLD = new Threshold("p", 1, 0.8, List.of("normal", "anomaly"));
    private static final Reading READING =
            new Reading(Map.of("sensor", "s-1"), new double[] {7, Double.NaN, Double.NaN});

    private static Prediction prediction(@Nullable String label, Tensor... outputs) {
        return new Prediction(
                "id",
                label,
                List.of(outputs),
                new Flags(null, null, List.of(), List.of(), null),
                null,
                List.of(),
                null);
    }

    private static final List<Tensor> OUTPUTS = List.of(
            Tensor.ofRows("p", new float[] {0.25f, 0.75f}, 1),
            Tensor.of(
                    "n",
                    Datatype.INT64,
                    new long[] {1},
                    ByteBuffer.allocate(8)
                            .order(java.nio.ByteOrder.LITTLE_ENDIAN)
                            .putLong(41)
                            .flip()),
            Tensor.of("kind", new long[] {1}, new String[] {"spike"}));

    private static Map<String, Object> values(@Nullable Threshold threshold, Prediction prediction) {
        return new ResultValues(REQUEST, threshold).of(READING, prediction);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "label == 'anomaly' | true",
                "label != 'anomaly' | false",
                "score > 0.7 && score < 1 | true",
                "outputs.p[0] == 0.25 | true",
                "outputs.n == 41 | true",
                "outputs['n'] > 41 | false",
                "outputs.kind in ['spike', 'stuck'] | true",
                "size(outputs.p) == 2 | true",
                "entities.sensor.startsWith('s-') | true",
                "inputs.amount * 2.0 > 13.0 | true",
                "inputs.channel == 2 | true",
                "has(inputs.gap) | false",
                "!has(inputs.gap) && label == 'anomaly' | true",
                "false | false"
            })
    void decides(String expression, boolean wanted) throws Exception {
        Map<String, Object> values = values(THRESHOLD, prediction("anomaly", OUTPUTS.toArray(Tensor[]::new)));
        assertThat(OnlyRule.of(expression).wants(values)).isEqualTo(wanted);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"inputs.gap > 1.0", "outputs.q > 1.0", "outputs.kind > 1", "outputs.n"})
    void whatGivesNoTruthIsADeadLetter(String expression) {
        Map<String, Object> values = values(THRESHOLD, prediction("anomaly", OUTPUTS.toArray(Tensor[]::new)));
        DeadReading dead = catchThrowableOfType(
                DeadReading.class, () -> OnlyRule.of(expression).wants(values));
        assertThat(dead.reason()).isEqualTo(DeadReason.OnlyError);
        assertThat(dead.detail()).contains(expression);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"label = 'a'", "score", "'a'", "label > 1", "lable == 'a'", "reading.amount > 1", "score > 'a'"})
    void whatCannotCompileIsNotStarted(String expression) {
        assertThatThrownBy(() -> OnlyRule.of(expression))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("streamInference.only: ");
    }

    @Test
    void withoutALabelAndWithoutAThreshold() throws Exception {
        Map<String, Object> single = values(null, prediction(null, Tensor.ofRows("y", new float[] {3.5f}, 1)));
        assertThat(OnlyRule.of("score == 3.5 && label == ''").wants(single)).isTrue();
        Map<String, Object> several = values(null, prediction(null, OUTPUTS.toArray(Tensor[]::new)));
        assertThat(OnlyRule.of("score > 0.0 || score <= 0.0").wants(several))
                .as("no number is the score")
                .isFalse();
        assertThat(OnlyRule.of(null).wants(several)).isTrue();
        assertThat(OnlyRule.of(null).isGiven()).isFalse();
    }
}
