package dev.millrace.plan;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.millrace.api.v1alpha1.RealtimeModel;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;

/** Specs for tests: a full one, with edits written as {@code path: yaml}. */
@NullUnmarked // what is null here fails the test
public final class Specs {
    private static final ObjectMapper YAML =
            new ObjectMapper(new YAMLFactory()).enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

    public static final Images IMAGES = Images.of("registry.example/millrace", "0.1.0");

    private Specs() {}

    /** Every part of the spec, valid. */
    public static RealtimeModel full(String... edits) {
        try (InputStream in = Specs.class.getResourceAsStream("/full.yaml")) {
            return model(YAML.readTree(in), edits);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The fraud sample as it is shipped. */
    public static RealtimeModel fraudSample() {
        try {
            return model(YAML.readTree(Files.readString(Path.of("../../samples/fraud/model.yaml"))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static StackPlan plan(String... edits) {
        return StackPlan.of(full(edits), PlanInputs.of(IMAGES));
    }

    private static RealtimeModel model(JsonNode document, String... edits) throws JsonProcessingException {
        for (String edit : edits) {
            int colon = edit.indexOf(": ");
            if (edit.startsWith("-")) {
                remove(document, edit.substring(1).trim());
            } else {
                set(document, edit.substring(0, colon), YAML.readTree(edit.substring(colon + 2)));
            }
        }
        return YAML.treeToValue(document, RealtimeModel.class);
    }

    private static void set(JsonNode document, String path, JsonNode value) {
        List<String> steps = steps(path);
        JsonNode parent = document;
        for (String step : steps.subList(0, steps.size() - 1)) {
            JsonNode child = child(parent, step);
            if (child.isMissingNode() && parent instanceof ObjectNode object) {
                child = object.putObject(step);
            }
            parent = child;
        }
        String last = steps.get(steps.size() - 1);
        if (parent instanceof ArrayNode array) {
            int index = Integer.parseInt(last);
            if (index == array.size()) {
                array.add(value);
            } else {
                array.set(index, value);
            }
        } else {
            ((ObjectNode) parent).set(last, value);
        }
    }

    private static void remove(JsonNode document, String path) {
        List<String> steps = steps(path);
        JsonNode parent = document;
        for (String step : steps.subList(0, steps.size() - 1)) {
            parent = child(parent, step);
        }
        String last = steps.get(steps.size() - 1);
        JsonNode removed = parent instanceof ArrayNode array
                ? array.remove(Integer.parseInt(last))
                : ((ObjectNode) parent).remove(last);
        if (removed == null) {
            throw new IllegalArgumentException("nothing to remove at " + path);
        }
    }

    private static JsonNode child(JsonNode parent, String step) {
        JsonNode child = parent.isArray() ? parent.get(Integer.parseInt(step)) : parent.get(step);
        return child == null ? MissingNode.getInstance() : child;
    }

    private static List<String> steps(String path) {
        return List.of(path.replace("[", ".").replace("]", "").split("\\."));
    }
}
