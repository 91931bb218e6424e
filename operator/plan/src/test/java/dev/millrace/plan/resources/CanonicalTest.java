package dev.millrace.plan.resources;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.plan.Quantities;
import dev.millrace.plan.Specs;
import dev.millrace.plan.StackPlan;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What an API server would change when it stores it must not be written: it would be applied again and again. */
@NullUnmarked // what is null here fails the test
class CanonicalTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** Empty objects that mean something. */
    private static final Set<String> EMPTY_ALLOWED = Set.of("podSelector");

    private static final Set<String> QUANTITIES = Set.of("cpu", "memory", "sizeLimit");

    static Stream<HasMetadata> objects() {
        return Stream.of(
                        Specs.plan(),
                        Specs.plan(
                                "spec.server.resources: {requests: {cpu: '0.5', memory: 1024Mi}, limits: {cpu: 2000m}}",
                                "spec.features.aggregator.resources: {limits: {cpu: '1.5', memory: 0.5Gi}}",
                                "spec.features.store.managed.memory: 0.5Gi",
                                "spec.server.podTemplate: {}"))
                .flatMap(CanonicalTest::all);
    }

    private static Stream<HasMetadata> all(StackPlan plan) {
        return Stream.concat(Resources.all(plan).stream(), Monitoring.of(plan).stream());
    }

    @ParameterizedTest
    @MethodSource("objects")
    void isStoredAsItIsWritten(HasMetadata object) {
        walk(object.getKind() + "/" + object.getMetadata().getName(), "", JSON.valueToTree(object));
    }

    private static void walk(String path, String name, JsonNode node) {
        assertThat(node.isNull()).as(path).isFalse();
        if (node.isTextual()) {
            assertThat(node.asText()).as(path).isNotEmpty();
            if (QUANTITIES.contains(name) && !List.of("name").contains(name)) {
                assertThat(node.asText())
                        .as(path)
                        .isEqualTo(Quantities.canonical(node.asText()).toString());
            }
        } else if (node.isContainerNode() && !EMPTY_ALLOWED.contains(name)) {
            assertThat(node.size()).as(path).isPositive();
        }
        node.fields().forEachRemaining(f -> walk(path + "." + f.getKey(), f.getKey(), f.getValue()));
        for (int i = 0; node.isArray() && i < node.size(); i++) {
            walk(path + "[" + i + "]", "", node.get(i));
            if (name.equals("ports")) {
                assertThat(node.get(i).path("protocol").asText()).as(path).isEqualTo("TCP");
            }
        }
    }
}
