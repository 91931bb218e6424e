package dev.millrace.api.v1alpha1;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.api.testing.FraudExample;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import org.junit.jupiter.api.Test;

/** YAML to Java and back: the Java model knows every field of the example, and writes none that it does not hold. */
class RoundTripTest {

    @Test
    void losesNothing() throws Exception {
        KubernetesSerialization serialization = new KubernetesSerialization();
        String json = FraudExample.full().json();
        JsonNode written = serialization.unmarshal(
                serialization.asJson(
                        serialization.unmarshal(json, RealtimeModel.class).getSpec()),
                JsonNode.class);
        JsonNode read = serialization.unmarshal(json, JsonNode.class).get("spec");
        assertThat(written).isEqualTo(withoutEmptyStrings(read));
    }

    private static JsonNode withoutEmptyStrings(JsonNode node) {
        if (node instanceof ObjectNode object) {
            object.properties()
                    .removeIf(e ->
                            e.getValue().isTextual() && e.getValue().asText().isEmpty());
        }
        node.forEach(RoundTripTest::withoutEmptyStrings);
        return node;
    }
}
