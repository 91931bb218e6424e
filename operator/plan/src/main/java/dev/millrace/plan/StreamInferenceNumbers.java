package dev.millrace.plan;

import dev.millrace.api.v1alpha1.StreamInferenceSpec;
import dev.millrace.contract.config.ServingConfig.StreamInference;
import org.jspecify.annotations.Nullable;

/** {@code spec.streamInference}. */
public final class StreamInferenceNumbers {
    private StreamInferenceNumbers() {}

    static @Nullable StreamInference of(
            @Nullable StreamInferenceSpec given, String namespace, String name, Derivations derivations) {
        if (given == null) {
            return null;
        }
        String input = given.getInput().getTopic();
        StreamInference stream = new StreamInference(
                namespace + "-" + name + "-stream-inference",
                input,
                given.getOutput().getTopic(),
                deadLetterTopic(input, name),
                given.getOnly());
        derivations.add(
                "streamInference.group",
                stream.group(),
                "one consumer group for all servers of the model, kept by Kafka");
        derivations.add("streamInference.deadLetterTopic", stream.deadLetterTopic(), "<input>.<model>.dlq");
        derivations.add(
                "streamInference.scaling",
                "CPU",
                "readings are no calls in flight: the number of servers follows their CPU, as for callers, and one alert"
                        + " the lag; servers beyond the topic's partitions score nothing");
        return stream;
    }

    /** Where readings go that cannot be scored. */
    public static String deadLetterTopic(String input, String model) {
        return input + "." + model + ".dlq";
    }
}
