package dev.millrace.operator.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.api.v1alpha1.StreamInferenceSpec;
import dev.millrace.operator.observe.PodView;
import dev.millrace.operator.observe.ServerView;
import dev.millrace.operator.observe.ServerView.StreamView;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** StreamsReady of a model that scores a topic, beside an aggregator and without one. */
class StreamInferenceVerdictTest extends WorldFixture {
    private static final PodView AGGREGATOR = aggregatorPod("Running", null);

    @BeforeEach
    void scoresATopic() {
        StreamInferenceSpec spec = new StreamInferenceSpec();
        spec.getInput().setTopic("readings");
        spec.getOutput().setTopic("anomalies");
        model.getSpec().setStreamInference(spec);
    }

    private PodView server(String name, @Nullable StreamView stream) {
        ServerView v = view("Ready", null, null, "1", "Fresh", null);
        return serverPod(
                name,
                true,
                new ServerView(
                        v.state(),
                        v.reason(),
                        v.message(),
                        v.version(),
                        v.digest(),
                        v.executionProvider(),
                        v.inputs(),
                        v.outputs(),
                        v.calibration(),
                        v.features(),
                        stream));
    }

    private String verdict(PodView... servers) {
        pods = Stream.concat(Arrays.stream(servers), Stream.of(AGGREGATOR)).toList();
        return line(status(), ConditionType.StreamsReady);
    }

    @Test
    void oneServerThatScoresIsEnough() {
        StreamView running = new StreamView("Running", null, null);
        StreamView away = new StreamView("Waiting", "KafkaUnavailable", "kafka-0:9092 does not answer");
        assertThat(verdict(server("a", running))).isEqualTo("True Running");
        assertThat(verdict(server("a", running), server("b", away))).isEqualTo("True KafkaUnavailable");
        assertThat(verdict(server("a", away))).isEqualTo("False KafkaUnavailable");
        assertThat(find(status(), ConditionType.StreamsReady).getMessage())
                .isEqualTo("Pod a: kafka-0:9092 does not answer");
        assertThat(line(status(), ConditionType.Ready)).isEqualTo("False KafkaUnavailable");
        assertThat(verdict(server("a", new StreamView("Waiting", "ModelUnavailable", "the model is not available"))))
                .isEqualTo("False ModelUnavailable");
        assertThat(verdict(server("a", null)))
                .as("an older server tells nothing of it")
                .isEqualTo("False StreamInferenceStarting");
        model.getSpec().setSuspend(true);
        assertThat(verdict(server("a", running))).isEqualTo("False Suspended");
    }

    @Test
    void anAggregatorThatDoesNotRunGoesFirst() {
        streams = null;
        pods = List.of(server("a", new StreamView("Running", null, null)));
        assertThat(line(status(), ConditionType.StreamsReady)).isEqualTo("False AggregatorStarting");
    }

    @Test
    void withoutFeatureStreamsItStandsAlone() {
        var features = Objects.requireNonNull(model.getSpec().getFeatures());
        features.setGroups(
                features.getGroups().stream().filter(g -> g.getStream() == null).toList());
        features.setVector(features.getVector().stream()
                .filter(v -> !v.startsWith("purchases."))
                .toList());
        streams = null;
        pods = List.of(server("a", new StreamView("Running", null, null)));
        assertThat(line(status(), ConditionType.StreamsReady)).isEqualTo("True Running");
        model.getSpec().setStreamInference(null);
        assertThat(line(status(), ConditionType.StreamsReady)).isEqualTo("absent");
    }
}
