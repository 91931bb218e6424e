package dev.millrace.e2e;

import dev.millrace.api.v1alpha1.RealtimeModel;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The fraud sample in the cluster, made by what its README tells people to do. */
final class FraudStack {
    static final String NAME = "fraud";

    private final Cluster cluster;

    FraudStack(Cluster cluster) {
        this.cluster = cluster;
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

    /**
     * Puts the sample's model beside itself under another name, with a {@code doc_string}, which changes nothing but the
     * file. Its digest.
     */
    String addModel(String key) {
        byte[] comment = {0x32, 1, '2'};
        byte[] model =
                Base64.getDecoder().decode(models().require().getBinaryData().get("model.onnx"));
        byte[] other = Arrays.copyOf(model, model.length + comment.length);
        System.arraycopy(comment, 0, other, model.length, comment.length);
        models().edit(map -> {
            map.getBinaryData().put(key, Base64.getEncoder().encodeToString(other));
            return map;
        });
        try {
            return "sha256:"
                    + HexFormat.of()
                            .formatHex(MessageDigest.getInstance("SHA-256").digest(other));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private Resource<ConfigMap> models() {
        return cluster.client().configMaps().inNamespace(cluster.namespace()).withName("fraud-model");
    }

    /** Milliseconds until Ready. */
    long awaitReady(Duration atMost) {
        try {
            return Waiting.until("Ready=True", atMost, () -> is("Ready"));
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + "\n" + describe(), e);
        }
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
