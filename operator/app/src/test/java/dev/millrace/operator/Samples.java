package dev.millrace.operator;

import dev.millrace.api.v1alpha1.RealtimeModel;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The fraud sample, as a user applies it. */
final class Samples {

    static final String NAMESPACE = "default";

    private static final Path FRAUD = Path.of("..", "..", "samples", "fraud", "model.yaml");

    private Samples() {}

    static RealtimeModel fraud(String name) {
        try {
            RealtimeModel model = new KubernetesSerialization().unmarshal(Files.readString(FRAUD), RealtimeModel.class);
            model.getMetadata().setName(name);
            model.getMetadata().setNamespace(NAMESPACE);
            return model;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
