package dev.millrace.api.crd;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.millrace.api.v1alpha1.RealtimeModel;
import io.fabric8.crdv2.generator.CRDGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Makes {@code realtimemodels.millrace.dev.yaml} from the Java model. The Maven plugin and Quarkus' own generation have
 * no hook that reaches everything which {@link CrdPostProcessor} adds, hence the few lines here.
 */
final class CrdGenerator {

    /** Where the committed CRD stands, relative to the module; also its name on the class path. */
    static final String RESOURCE = "dev/millrace/api/realtimemodels.millrace.dev.yaml";

    static final Path COMMITTED = Path.of("src", "main", "resources").resolve(RESOURCE);

    /** Where the charts carry it, for people who install without this repository. */
    static final List<Path> COPIES = List.of(copy("millrace"), copy("millrace-crds"));

    private static final YAMLMapper YAML = new YAMLMapper(YAMLFactory.builder()
            .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
            .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
            .disable(YAMLGenerator.Feature.SPLIT_LINES)
            .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
            .build());

    private CrdGenerator() {}

    /** The CRD as a tree, post-processed. */
    static ObjectNode generate() throws IOException {
        MemoryOutput output = new MemoryOutput();
        new CRDGenerator()
                .customResourceClasses(RealtimeModel.class)
                .forCRDVersions("v1")
                .withParallelGenerationEnabled(false)
                .withImplicitPreserveUnknownFields(false)
                .withOutput(output)
                .generate();
        ObjectNode crd = (ObjectNode) YAML.readTree(output.bytes.toString(StandardCharsets.UTF_8));
        CrdPostProcessor.process(crd);
        return crd;
    }

    static String yaml() throws IOException {
        return "# Generated from dev.millrace.api.v1alpha1. Rewrite it with:\n"
                + "#   mvn -pl crds test -Dtest=CrdTest -Dmillrace.crd.write=true\n"
                + YAML.writeValueAsString(generate());
    }

    static void write() throws IOException {
        Files.createDirectories(COMMITTED.getParent());
        Files.writeString(COMMITTED, yaml());
        for (Path copy : COPIES) {
            Files.writeString(copy, yaml());
        }
    }

    private static Path copy(String chart) {
        return Path.of("..", "helm", chart, "files", "realtimemodels.millrace.dev.yaml");
    }

    /** The generator wants a place per CRD; there is one CRD, and it stays in memory. */
    private static final class MemoryOutput implements CRDGenerator.CRDOutput<OutputStream> {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        @Override
        public OutputStream outputFor(String crdName) {
            return bytes;
        }

        @Override
        public URI crdURI(String crdName) {
            return URI.create("file:///" + crdName);
        }

        @Override
        public void close() {
            // nothing to close in memory
        }
    }
}
