package dev.millrace.api.crd;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The committed CRD is the generated one, and keeps the rules of the API. */
class CrdTest {

    private static final int MAX_BYTES = 200 * 1024;

    @Test
    void committedIsGenerated() throws Exception {
        if (Boolean.getBoolean("millrace.crd.write")) {
            CrdGenerator.write();
        }
        assertThat(Files.readString(CrdGenerator.COMMITTED))
                .as("rewrite with: mvn -pl crds test -Dtest=CrdTest -Dmillrace.crd.write=true")
                .isEqualTo(CrdGenerator.yaml());
    }

    @Test
    void theChartsCarryTheCommittedOne() throws Exception {
        for (Path copy : CrdGenerator.COPIES) {
            assertThat(copy)
                    .as("rewritten together with the committed one")
                    .hasSameTextualContentAs(CrdGenerator.COMMITTED);
        }
    }

    @Test
    void isSmallEnoughForEveryWayOfApplyingIt() throws Exception {
        assertThat(CrdGenerator.generate().toString().getBytes(StandardCharsets.UTF_8).length)
                .isLessThanOrEqualTo(MAX_BYTES);
    }

    @Test
    void everyStringListAndMapIsBounded() throws Exception {
        List<String> unbounded = new ArrayList<>();
        walk("", schema(), false, (path, node, inList) -> {
            String type = node.path("type").asText("");
            if (type.equals("string") && !node.has("maxLength") && !node.has("enum")
                    || type.equals("array") && !node.has("maxItems")
                    || node.path("additionalProperties").isObject() && !node.has("maxProperties")) {
                unbounded.add(path);
            }
        });
        // the API server's own fields
        unbounded.removeAll(List.of(".apiVersion", ".kind"));
        assertThat(unbounded).isEmpty();
    }

    @Test
    void everySpecAndStatusFieldIsDescribed() throws Exception {
        List<String> silent = new ArrayList<>();
        walk("", schema(), false, (path, node, inList) -> {
            if (!node.has("description") && !path.endsWith("[]") && !path.endsWith("{}") && !foreign(path)) {
                silent.add(path);
            }
        });
        assertThat(silent).isEmpty();
    }

    @Test
    void nothingDefaultsInsideAListItem() throws Exception {
        List<String> found = new ArrayList<>();
        walk("", schema(), false, (path, node, inList) -> {
            if (inList && node.has("default")) {
                found.add(path);
            }
        });
        assertThat(found).isEmpty();
    }

    @Test
    void noReferenceCrossesNamespaces() throws Exception {
        List<String> found = new ArrayList<>();
        walk("", schema(), false, (path, node, inList) -> {
            if (path.endsWith(".namespace")) {
                found.add(path);
            }
        });
        assertThat(found).isEmpty();
    }

    @Test
    void noPodTemplateIsEmbeddedAndNoUnknownFieldIsKept() throws Exception {
        List<String> found = new ArrayList<>();
        walk("", schema(), false, (path, node, inList) -> {
            if (path.endsWith(".containers") || node.has("x-kubernetes-preserve-unknown-fields")) {
                found.add(path);
            }
        });
        assertThat(found).isEmpty();
    }

    @Test
    void conditionsMergeByTypeAndANewObjectIsNotCurrent() throws Exception {
        JsonNode status = schema().at("/properties/status");
        assertThat(status.at("/properties/conditions/x-kubernetes-list-type").asText())
                .isEqualTo("map");
        assertThat(status.at("/properties/conditions/x-kubernetes-list-map-keys/0")
                        .asText())
                .isEqualTo("type");
        assertThat(status.at("/default/observedGeneration").asInt()).isEqualTo(-1);
    }

    @Test
    void hasTheSubresourceAndTheColumnsThatGetShows() throws Exception {
        JsonNode version = CrdGenerator.generate().at("/spec/versions/0");
        assertThat(version.at("/subresources/status").isObject()).isTrue();
        assertThat(version.at("/subresources").has("scale")).isFalse();
        List<String> columns = new ArrayList<>();
        version.path("additionalPrinterColumns")
                .forEach(c -> columns.add(c.path("name").asText()));
        assertThat(columns).containsExactly("Ready", "Reason", "Model", "Replicas", "SLO", "Fresh", "URL", "Age");
    }

    private static boolean foreign(String path) {
        return path.isEmpty()
                || path.equals(".apiVersion")
                || path.equals(".kind")
                || path.equals(".metadata")
                || path.contains(".resources.")
                || path.contains(".behavior.")
                || path.contains(".tolerations[]")
                || path.contains(".allowFrom[]")
                || path.contains(".conditions[]")
                || path.equals(".spec")
                || path.equals(".status");
    }

    private static ObjectNode schema() throws Exception {
        return (ObjectNode) CrdGenerator.generate().at("/spec/versions/0/schema/openAPIV3Schema");
    }

    private static void walk(String path, JsonNode node, boolean inList, Visitor visitor) {
        visitor.visit(path, node, inList);
        for (Map.Entry<String, JsonNode> property : node.path("properties").properties()) {
            walk(path + "." + property.getKey(), property.getValue(), inList, visitor);
        }
        if (node.path("items").isObject()) {
            walk(path + "[]", node.path("items"), true, visitor);
        }
        if (node.path("additionalProperties").isObject()) {
            walk(path + "{}", node.path("additionalProperties"), inList, visitor);
        }
    }

    private interface Visitor {
        void visit(String path, JsonNode node, boolean inList);
    }
}
