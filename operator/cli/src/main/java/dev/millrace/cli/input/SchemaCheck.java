package dev.millrace.cli.input;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.millrace.plan.Finding;
import dev.millrace.plan.Finding.Reason;
import dev.millrace.plan.Finding.Severity;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * What an API server would say of a document: the structural schema of the CRD, strictly. Not the CEL rules, which
 * {@code SpecCheck} repeats.
 */
final class SchemaCheck {
    private static final String CRD = "/dev/millrace/api/realtimemodels.millrace.dev.yaml";
    private static final Set<String> ROOT = Set.of("apiVersion", "kind", "metadata", "spec", "status");
    private static final Set<String> METADATA = Set.of("name", "namespace", "labels", "annotations", "finalizers");

    private final List<Finding> findings = new ArrayList<>();

    List<Finding> check(JsonNode document) {
        JsonNode schema = schema();
        unknown("", document, ROOT);
        String apiVersion = document.path("apiVersion").asText();
        if (!apiVersion.equals("millrace.dev/v1alpha1")) {
            error("apiVersion", Reason.InvalidValue, "'" + apiVersion + "' must be millrace.dev/v1alpha1");
        }
        unknown("metadata", document.path("metadata"), METADATA);
        if (document.path("spec").isMissingNode()) {
            error("spec", Reason.Required, "is required");
        } else {
            value("spec", document.path("spec"), schema.path("properties").path("spec"));
        }
        return findings;
    }

    private static JsonNode schema() {
        try (InputStream in = SchemaCheck.class.getResourceAsStream(CRD)) {
            if (in == null) {
                throw new IllegalStateException("millrace-api has no " + CRD);
            }
            return new ObjectMapper(new YAMLFactory())
                    .readTree(in)
                    .path("spec")
                    .path("versions")
                    .path(0)
                    .path("schema")
                    .path("openAPIV3Schema");
        } catch (IOException e) {
            throw new IllegalStateException("cannot read " + CRD, e);
        }
    }

    private void value(String path, JsonNode value, JsonNode schema) {
        if (value.isNull()) {
            return; // an API server drops it
        }
        if (schema.path("x-kubernetes-int-or-string").asBoolean()) {
            if (!value.isIntegralNumber() && !value.isTextual()) {
                error(path, Reason.InvalidValue, "must be a whole number or a string");
            }
            return;
        }
        switch (schema.path("type").asText()) {
            case "object" -> object(path, value, schema);
            case "array" -> array(path, value, schema);
            case "string" -> string(path, value, schema);
            case "boolean" -> expect(path, value.isBoolean(), "true or false");
            case "integer" -> {
                if (expect(path, value.isIntegralNumber(), "a whole number")) {
                    bounds(path, value.decimalValue(), schema);
                }
            }
            case "number" -> {
                if (expect(path, value.isNumber(), "a number")) {
                    bounds(path, value.decimalValue(), schema);
                }
            }
            default -> {
                // without a type there is nothing to compare
            }
        }
    }

    private void object(String path, JsonNode value, JsonNode schema) {
        if (!expect(path, value.isObject(), "an object")) {
            return;
        }
        JsonNode properties = schema.path("properties");
        JsonNode additional = schema.path("additionalProperties");
        boolean open = additional.isObject()
                || schema.path("x-kubernetes-preserve-unknown-fields").asBoolean();
        if (!open) {
            unknown(path, value, names(properties));
        }
        for (JsonNode required : schema.path("required")) {
            JsonNode given = value.path(required.asText());
            if (given.isMissingNode() || given.isNull()) {
                error(path + "." + required.asText(), Reason.Required, "is required");
            }
        }
        if (schema.has("maxProperties")
                && value.size() > schema.path("maxProperties").asInt()) {
            error(
                    path,
                    Reason.InvalidValue,
                    "has more than " + schema.path("maxProperties").asInt() + " entries");
        }
        Iterator<Map.Entry<String, JsonNode>> fields = value.fields();
        while (fields.hasNext()) {
            Map.Entry<String, JsonNode> field = fields.next();
            JsonNode child = properties.has(field.getKey()) ? properties.path(field.getKey()) : additional;
            if (child.isObject()) {
                value(path + "." + field.getKey(), field.getValue(), child);
            }
        }
    }

    private void array(String path, JsonNode value, JsonNode schema) {
        if (!expect(path, value.isArray(), "a list")) {
            return;
        }
        size(path, value.size(), schema.path("minItems"), schema.path("maxItems"), "entries");
        for (int i = 0; i < value.size(); i++) {
            value(path + "[" + i + "]", value.path(i), schema.path("items"));
        }
    }

    private void string(String path, JsonNode value, JsonNode schema) {
        if (!value.isTextual()) {
            error(
                    path,
                    Reason.InvalidValue,
                    "must be a string" + (value.isValueNode() ? "; write \"" + value.asText() + "\" in quotes" : ""));
            return;
        }
        String text = value.asText();
        size(path, text.length(), schema.path("minLength"), schema.path("maxLength"), "characters");
        List<String> allowed = new ArrayList<>();
        schema.path("enum").forEach(e -> allowed.add(e.asText()));
        if (!allowed.isEmpty() && !allowed.contains(text)) {
            error(path, Reason.InvalidValue, "'" + text + "' must be one of " + String.join(", ", allowed));
        }
        String pattern = schema.path("pattern").asText();
        if (!pattern.isEmpty() && !Pattern.compile(pattern).matcher(text).find()) {
            String description = schema.path("description").asText();
            error(
                    path,
                    Reason.InvalidValue,
                    "'" + text + "' does not match " + pattern + (description.isEmpty() ? "" : ": " + description));
        }
    }

    private void size(String path, int size, JsonNode min, JsonNode max, String what) {
        if (min.isNumber() && size < min.asInt()) {
            error(path, Reason.InvalidValue, "has " + size + " " + what + ", but needs at least " + min.asInt());
        }
        if (max.isNumber() && size > max.asInt()) {
            error(path, Reason.InvalidValue, "has " + size + " " + what + ", but may have at most " + max.asInt());
        }
    }

    private void bounds(String path, BigDecimal number, JsonNode schema) {
        JsonNode min = schema.path("minimum");
        JsonNode max = schema.path("maximum");
        if (min.isNumber() && number.compareTo(min.decimalValue()) < 0) {
            error(path, Reason.InvalidValue, number + " is less than " + min.asText());
        }
        if (max.isNumber() && number.compareTo(max.decimalValue()) > 0) {
            error(path, Reason.InvalidValue, number + " is more than " + max.asText());
        }
    }

    private boolean expect(String path, boolean holds, String what) {
        if (!holds) {
            error(path, Reason.InvalidValue, "must be " + what);
        }
        return holds;
    }

    private void unknown(String path, JsonNode value, Set<String> known) {
        Iterator<String> names = value.fieldNames();
        while (names.hasNext()) {
            String name = names.next();
            if (!known.contains(name)) {
                String nearest = Spelling.nearest(name, known);
                error(
                        path.isEmpty() ? name : path + "." + name,
                        Reason.UnknownField,
                        "is not a field of " + (path.isEmpty() ? "a RealtimeModel" : path)
                                + (nearest == null ? "" : "; did you mean " + nearest + "?"));
            }
        }
    }

    private static Set<String> names(JsonNode properties) {
        Set<String> names = new TreeSet<>();
        properties.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private void error(String path, Reason reason, String message) {
        findings.add(new Finding(Severity.error, path, reason, message));
    }
}
