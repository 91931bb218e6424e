package dev.millrace.e2e;

import dev.millrace.api.v1alpha1.RealtimeModel;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The fraud sample in the cluster, made by what its README tells people to do. */
final class FraudStack {
    static final String NAME = "fraud";

    private final Cluster cluster;
    private final Path sample;

    FraudStack(Cluster cluster, Settings settings) {
        this.cluster = cluster;
        this.sample = settings.root().resolve("samples/fraud");
    }

    /** The files that the model names: the model itself with the drift baseline, and the profile. */
    void createConfigMaps() {
        try {
            cluster.client()
                    .resource(new ConfigMapBuilder()
                            .withNewMetadata()
                            .withName("fraud-model")
                            .withNamespace(cluster.namespace())
                            .endMetadata()
                            .addToBinaryData(
                                    "model.onnx",
                                    Base64.getEncoder()
                                            .encodeToString(Files.readAllBytes(sample.resolve("model.onnx"))))
                            .addToData("baseline.json", Files.readString(sample.resolve("baseline.json")))
                            .build())
                    .create();
            cluster.client()
                    .resource(new ConfigMapBuilder()
                            .withNewMetadata()
                            .withName("fraud-profile")
                            .withNamespace(cluster.namespace())
                            .endMetadata()
                            .addToData("profile.csv", Files.readString(sample.resolve("profile.csv")))
                            .build())
                    .create();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Applies the sample's own file, as it stands in the repository. */
    void apply() {
        try {
            cluster.apply(Files.readString(sample.resolve("model.yaml")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    RealtimeModel get() {
        return cluster.model(NAME).require();
    }

    /** Changes the spec, as {@code kubectl edit} would. */
    void edit(Consumer<RealtimeModel> change) {
        cluster.model(NAME).edit(model -> {
            change.accept(model);
            return model;
        });
    }

    /** A condition that speaks of the present spec; null = there is none. */
    @Nullable
    Condition condition(String type) {
        RealtimeModel model = get();
        if (model.getStatus() == null
                || !Objects.equals(
                        model.getStatus().getObservedGeneration(),
                        model.getMetadata().getGeneration())) {
            return null;
        }
        return model.getStatus().getConditions().stream()
                .filter(c -> c.getType().equals(type))
                .findFirst()
                .orElse(null);
    }

    boolean is(String type) {
        Condition condition = condition(type);
        return condition != null && condition.getStatus().equals("True");
    }

    /** Milliseconds until Ready. */
    long awaitReady(Duration atMost) {
        try {
            return Waiting.until("Ready=True", atMost, () -> is("Ready"));
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + "\n" + describe(), e);
        }
    }

    /** As {@code kubectl create job --from=cronjob/…} would. */
    void load(String group) {
        var schedule = cluster.client()
                .batch()
                .v1()
                .cronjobs()
                .inNamespace(cluster.namespace())
                .withName(NAME + "-" + group + "-load")
                .require();
        cluster.client()
                .resource(new JobBuilder()
                        .withNewMetadata()
                        .withName(NAME + "-" + group + "-by-hand")
                        .withNamespace(cluster.namespace())
                        .endMetadata()
                        .withSpec(schedule.getSpec()
                                .getJobTemplate()
                                .getSpec()
                                .edit()
                                // leaves no trace
                                .withTtlSecondsAfterFinished(0)
                                .build())
                        .build())
                .create();
    }

    /** The conditions, one a line. */
    String describe() {
        StringBuilder text = new StringBuilder();
        RealtimeModel model = get();
        if (model.getStatus() != null) {
            for (Condition c : model.getStatus().getConditions()) {
                text.append(c.getType()).append('=').append(c.getStatus()).append(' ');
                text.append(c.getReason()).append(": ").append(c.getMessage()).append('\n');
            }
        }
        return text.toString();
    }
}
