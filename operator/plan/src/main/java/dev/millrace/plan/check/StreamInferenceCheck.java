package dev.millrace.plan.check;

import dev.millrace.api.v1alpha1.FeatureGroupSpec;
import dev.millrace.api.v1alpha1.FeaturesSpec;
import dev.millrace.api.v1alpha1.RealtimeModel;
import dev.millrace.api.v1alpha1.RealtimeModelSpec;
import dev.millrace.api.v1alpha1.StreamInferenceSpec;
import dev.millrace.plan.Finding.Reason;
import dev.millrace.plan.StreamInferenceNumbers;
import java.util.Objects;

/** {@code spec.streamInference}: a topic in, a topic out, and what of it is wanted. */
final class StreamInferenceCheck {
    private static final String AT = "spec.streamInference";

    private StreamInferenceCheck() {}

    static void check(RealtimeModel model, Findings findings) {
        RealtimeModelSpec spec = model.getSpec();
        StreamInferenceSpec given = spec.getStreamInference();
        if (given == null) {
            return;
        }
        FeaturesSpec features = spec.getFeatures();
        if (spec.getKafka() == null) {
            findings.error(
                    "spec.kafka",
                    Reason.KafkaRequired,
                    "is required by streamInference; add kafka: {bootstrapServers: <host>:9092}");
        }
        if (features == null) {
            findings.error(
                    AT,
                    Reason.FieldDoesNotApply,
                    "a reading is one row of entity and request fields, and without features there are none; add features");
        }
        if (spec.getCandidates() != null) {
            findings.error(
                    AT,
                    Reason.FieldDoesNotApply,
                    "a reading is one row, and a model with candidates ranks many; remove one of the two");
        }
        String input = given.getInput().getTopic();
        String output = given.getOutput().getTopic();
        findings.required(AT + ".input.topic", input, "readings");
        if (findings.required(AT + ".output.topic", output, "anomalies")) {
            String name = Objects.requireNonNullElse(model.getMetadata().getName(), "");
            if (output.equals(input)) {
                loop(".output.topic", "is input.topic: every result would be a reading; choose another one", findings);
            } else if (output.equals(StreamInferenceNumbers.deadLetterTopic(input, name))) {
                loop(".output.topic", "is where the bad readings go; choose another one", findings);
            } else if (features != null && features.getGroups().stream().anyMatch(g -> feeds(output, g))) {
                loop(
                        ".output.topic",
                        "'" + output + "' fills a feature group of this model: its answers would depend on themselves;"
                                + " choose another one",
                        findings);
            } else if (spec.getLogger() != null
                    && output.equals(spec.getLogger().getTopic())) {
                loop(".output.topic", "is logger.topic, whose records say other things; choose another one", findings);
            }
        }
        String only = given.getOnly();
        if (only != null) {
            OnlyCheck.check(AT + ".only", only, spec, findings);
        }
    }

    private static void loop(String field, String message, Findings findings) {
        findings.error(AT + field, Reason.InvalidValue, message);
    }

    private static boolean feeds(String topic, FeatureGroupSpec group) {
        return group.getStream() != null && topic.equals(group.getStream().getTopic());
    }
}
