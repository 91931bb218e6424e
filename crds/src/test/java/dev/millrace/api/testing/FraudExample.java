package dev.millrace.api.testing;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** A valid RealtimeModel that uses every field of the schema, and small edits of it by JSON pointer. */
public final class FraudExample {

    private static final YAMLMapper YAML = new YAMLMapper();

    private final ObjectNode tree;

    private FraudExample(ObjectNode tree) {
        this.tree = tree;
    }

    /** {@code full.yaml} of this package. */
    public static FraudExample full() {
        try (InputStream yaml = FraudExample.class.getResourceAsStream("full.yaml")) {
            return new FraudExample((ObjectNode) YAML.readTree(yaml));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sets what {@code pointer} names to a YAML value, for example {@code set("/spec/scaling", "{maxReplicas: 3}")}. */
    public FraudExample set(String pointer, String yaml) {
        JsonPointer path = JsonPointer.compile(pointer);
        JsonNode parent = tree.at(path.head());
        try {
            if (parent instanceof ArrayNode array) {
                array.set(path.last().getMatchingIndex(), YAML.readTree(yaml));
            } else if (parent instanceof ObjectNode object) {
                object.set(path.last().getMatchingProperty(), YAML.readTree(yaml));
            } else {
                throw new IllegalArgumentException("nothing at " + path.head());
            }
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
        return this;
    }

    /** Removes what {@code pointer} names; it must be there. */
    public FraudExample remove(String pointer) {
        JsonPointer path = JsonPointer.compile(pointer);
        JsonNode parent = tree.at(path.head());
        JsonNode removed = parent instanceof ArrayNode array
                ? array.remove(path.last().getMatchingIndex())
                : parent instanceof ObjectNode object
                        ? object.remove(path.last().getMatchingProperty())
                        : null;
        if (removed == null) {
            throw new IllegalArgumentException("nothing at " + pointer);
        }
        return this;
    }

    public FraudExample named(String name) {
        ((ObjectNode) tree.get("metadata")).put("name", name);
        return this;
    }

    public String json() {
        return tree.toString();
    }
}
