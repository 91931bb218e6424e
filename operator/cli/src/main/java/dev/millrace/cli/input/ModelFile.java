package dev.millrace.cli.input;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.millrace.api.v1alpha1.RealtimeModel;
import dev.millrace.plan.Finding;
import dev.millrace.plan.check.SpecCheck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A YAML file with one RealtimeModel, checked against the CRD's schema (strictly: an unknown field is an error, as in
 * {@code kubectl apply}) and by {@code SpecCheck}.
 *
 * @param model null when the schema's findings left nothing that could be read
 * @param findings of schema and spec, in this order
 */
public record ModelFile(@Nullable RealtimeModel model, List<Finding> findings) {
    private static final ObjectMapper YAML = new ObjectMapper(YAMLFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build());
    private static final ObjectMapper JSON =
            new ObjectMapper().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

    /**
     * @param namespace for a model that names none; null = {@code default}
     * @throws InputException when the file is missing, not YAML, or holds no RealtimeModel
     */
    public static ModelFile read(Path file, @Nullable String namespace) {
        JsonNode document = document(file);
        List<Finding> findings = new ArrayList<>(new SchemaCheck().check(document));
        RealtimeModel model;
        try {
            model = JSON.treeToValue(document, RealtimeModel.class);
        } catch (JsonProcessingException | IllegalArgumentException e) {
            if (SpecCheck.isPlannable(findings)) {
                throw new InputException(file + ": " + e.getMessage(), e);
            }
            return new ModelFile(null, findings);
        }
        place(file, model, namespace);
        Set<String> seen = new HashSet<>();
        findings.forEach(f -> seen.add(f.field()));
        for (Finding finding : SpecCheck.check(model)) {
            if (seen.isEmpty() || !seen.contains(finding.field())) {
                findings.add(finding);
            }
        }
        return new ModelFile(model, List.copyOf(findings));
    }

    /** The model, of which nothing is known to be wrong. */
    public RealtimeModel valid() {
        if (model == null || !SpecCheck.isPlannable(findings)) {
            throw new InputException("the model has errors; see millrace check");
        }
        return model;
    }

    private static void place(Path file, RealtimeModel model, @Nullable String namespace) {
        String own = model.getMetadata().getNamespace();
        if (own != null && namespace != null && !own.equals(namespace)) {
            throw new InputException(file + ": metadata.namespace is " + own + ", but --namespace says " + namespace
                    + "; drop one of them");
        }
        if (own == null) {
            model.getMetadata().setNamespace(namespace == null ? "default" : namespace);
        }
    }

    private static JsonNode document(Path file) {
        List<JsonNode> models = new ArrayList<>();
        try (JsonParser parser = YAML.createParser(Files.readString(file));
                MappingIterator<JsonNode> documents = YAML.readValues(parser, JsonNode.class)) {
            while (documents.hasNextValue()) {
                JsonNode document = documents.nextValue();
                if (document.path("kind").asText().equals("RealtimeModel")) {
                    models.add(document);
                }
            }
        } catch (NoSuchFileException e) {
            throw new InputException(file + ": no such file", e);
        } catch (JsonProcessingException e) {
            JsonLocation at = e.getLocation();
            String line = at == null ? "" : ":" + at.getLineNr() + ":" + at.getColumnNr();
            throw new InputException(file + line + ": " + firstLine(e.getOriginalMessage()), e);
        } catch (IOException e) {
            throw new InputException(file + ": " + e.getMessage(), e);
        }
        if (models.size() != 1) {
            throw new InputException(file + ": holds " + (models.isEmpty() ? "no" : String.valueOf(models.size()))
                    + " RealtimeModel; exactly one document must have kind: RealtimeModel");
        }
        return models.get(0);
    }

    private static String firstLine(String message) {
        int end = message.indexOf('\n');
        return end < 0 ? message : message.substring(0, end);
    }
}
