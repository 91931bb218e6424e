package dev.millrace.operator;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.FieldsV1;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whose field a Deployment's {@code spec.replicas} is. A field that only we own falls back to 1 when we stop applying
 * it, so the live count is applied until an autoscaler has written it (Kubernetes, "transferring ownership").
 */
final class Handover {

    private Handover() {}

    /** The live count while we are the only owner; null = nothing to hand over. At least {@code minimum}: 0 stops an HPA. */
    static @Nullable Integer keep(
            @Nullable Deployment live, String fieldManager, int minimum, KubernetesSerialization serialization) {
        if (live == null || live.getSpec() == null || live.getSpec().getReplicas() == null) {
            return null;
        }
        boolean ours = false;
        List<ManagedFieldsEntry> entries = live.getMetadata().getManagedFields();
        for (ManagedFieldsEntry entry : entries == null ? List.<ManagedFieldsEntry>of() : entries) {
            if (!ownsReplicas(entry.getFieldsV1(), serialization)) {
                continue;
            }
            if (!fieldManager.equals(entry.getManager()) || !"Apply".equals(entry.getOperation())) {
                return null;
            }
            ours = true;
        }
        return ours ? Integer.valueOf(Math.max(minimum, live.getSpec().getReplicas())) : null;
    }

    private static boolean ownsReplicas(@Nullable FieldsV1 fields, KubernetesSerialization serialization) {
        return fields != null
                && serialization
                        .convertValue(fields, JsonNode.class)
                        .path("f:spec")
                        .has("f:replicas");
    }
}
