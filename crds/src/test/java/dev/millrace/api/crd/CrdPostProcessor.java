package dev.millrace.api.crd;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.api.v1alpha1.RealtimeModel;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * Adds what fabric8's generator 7.5 cannot say: list-map keys, bounds of everything that is unbounded (CEL's cost budget
 * is computed from them), {@code status.default}, the category and the rules on {@code metadata.name}.
 */
final class CrdPostProcessor {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    /** Bounds for types that come from Kubernetes and carry none. */
    private static final int DEFAULT_MAX_LENGTH = 1024;

    private static final int DEFAULT_MAX_ITEMS = 32;
    private static final int DEFAULT_MAX_PROPERTIES = 64;

    /** The generator sorts the columns by their path; a person reads from "is it up" to the details. */
    private static final List<String> COLUMNS =
            List.of("Ready", "Reason", "Model", "Replicas", "SLO", "Fresh", "URL", "Age");

    private CrdPostProcessor() {}

    static void process(ObjectNode crd) {
        crd.remove("status");
        ObjectNode names = (ObjectNode) crd.at("/spec/names");
        names.set("categories", JSON.arrayNode().add("all"));
        ObjectNode root = (ObjectNode) crd.at("/spec/versions/0/schema/openAPIV3Schema");
        columns((ObjectNode) crd.at("/spec/versions/0"));
        walk(root);
        describe(root);
        nameRules(root);
        conditions((ObjectNode) root.at("/properties/status/properties/conditions"));
        ((ObjectNode) root.at("/properties/status"))
                .set("default", JSON.objectNode().put("observedGeneration", -1));
        // pod-level resource claims do not exist in these pods: a field that cannot be honoured must be rejected
        ((ObjectNode) root.at("/properties/spec/properties/server/properties/resources/properties")).remove("claims");
        ((ObjectNode) root.at(
                        "/properties/spec/properties/features/properties/aggregator/properties/resources/properties"))
                .remove("claims");
    }

    private static void columns(ObjectNode version) {
        List<JsonNode> columns = new ArrayList<>();
        version.get("additionalPrinterColumns").forEach(columns::add);
        columns.sort(Comparator.comparingInt(
                column -> COLUMNS.indexOf(column.path("name").asText())));
        version.set("additionalPrinterColumns", JSON.arrayNode().addAll(columns));
    }

    private static void describe(ObjectNode root) {
        root.put("description", "One model with its features, servers, alerts and promises.");
        if (!root.has("required")) {
            root.set("required", JSON.arrayNode().add("spec"));
        }
    }

    private static void nameRules(ObjectNode root) {
        ArrayNode rules = root.withArray("x-kubernetes-validations");
        rules.addObject()
                .put("rule", "size(self.metadata.name) <= " + RealtimeModel.MAX_NAME_LENGTH)
                .put(
                        "message",
                        "metadata.name must have at most " + RealtimeModel.MAX_NAME_LENGTH
                                + " characters: it is part of other names");
        rules.addObject()
                .put("rule", "self.metadata.name.matches('" + RealtimeModel.NAME_PATTERN + "')")
                .put("message", "metadata.name must be a DNS label that begins with a letter: it names a Service");
    }

    private static void conditions(ObjectNode conditions) {
        conditions.put("x-kubernetes-list-type", "map");
        conditions.set("x-kubernetes-list-map-keys", JSON.arrayNode().add("type"));
        ObjectNode items = (ObjectNode) conditions.get("items");
        items.set(
                "required",
                JSON.arrayNode()
                        .add("type")
                        .add("status")
                        .add("lastTransitionTime")
                        .add("reason")
                        .add("message"));
        ObjectNode properties = (ObjectNode) items.get("properties");
        ((ObjectNode) properties.get("lastTransitionTime")).put("format", "date-time");
        ((ObjectNode) properties.get("message")).put("maxLength", 32768);
        ((ObjectNode) properties.get("status"))
                .set("enum", JSON.arrayNode().add("True").add("False").add("Unknown"));
    }

    /** Depth first over every schema. */
    private static void walk(ObjectNode schema) {
        schema.remove("x-kubernetes-preserve-unknown-fields");
        integers(schema);
        switch (schema.path("type").asText("")) {
            case "string" -> {
                if (!schema.has("maxLength") && !schema.has("enum")) {
                    schema.put("maxLength", DEFAULT_MAX_LENGTH);
                }
            }
            case "array" -> {
                if (!schema.has("maxItems")) {
                    schema.put("maxItems", DEFAULT_MAX_ITEMS);
                }
                keyed(schema);
            }
            case "object" -> {
                if (schema.has("additionalProperties") && !schema.has("maxProperties")) {
                    schema.put("maxProperties", DEFAULT_MAX_PROPERTIES);
                }
            }
            default -> {
                if (schema.path("x-kubernetes-int-or-string").asBoolean(false)) {
                    schema.put("maxLength", 64);
                }
            }
        }
        for (ObjectNode child : children(schema)) {
            walk(child);
        }
    }

    /** The generator prints whole bounds as {@code 1000.0}. */
    private static void integers(ObjectNode schema) {
        if (!"integer".equals(schema.path("type").asText(""))) {
            return;
        }
        for (String bound : List.of("minimum", "maximum")) {
            JsonNode value = schema.get(bound);
            if (value != null) {
                schema.put(bound, value.asLong());
            }
        }
    }

    /** Lists of named things merge by name under server-side apply, and transition rules follow an item by its name. */
    private static void keyed(ObjectNode array) {
        JsonNode required = array.path("items").path("required");
        for (JsonNode field : required) {
            if ("name".equals(field.asText())) {
                array.put("x-kubernetes-list-type", "map");
                array.set("x-kubernetes-list-map-keys", JSON.arrayNode().add("name"));
            }
        }
    }

    static List<ObjectNode> children(ObjectNode schema) {
        List<ObjectNode> children = new ArrayList<>();
        for (Map.Entry<String, JsonNode> property : schema.path("properties").properties()) {
            children.add((ObjectNode) property.getValue());
        }
        if (schema.get("items") instanceof ObjectNode items) {
            children.add(items);
        }
        if (schema.get("additionalProperties") instanceof ObjectNode values) {
            children.add(values);
        }
        return children;
    }
}
