package dev.millrace.cli;

import dev.millrace.plan.Derivation;
import dev.millrace.plan.Names;
import dev.millrace.plan.StackPlan;
import dev.millrace.plan.resources.Monitoring;
import dev.millrace.plan.resources.Resources;
import dev.millrace.plan.resources.Yaml;
import io.fabric8.kubernetes.api.model.HasMetadata;

/** A plan as text: first every derived number with its reason, then every object. Equal plans are equal text. */
final class Rendering {
    private Rendering() {}

    static String of(StackPlan plan) {
        StringBuilder text = new StringBuilder();
        text.append("# RealtimeModel ").append(plan.namespace()).append('/').append(plan.name());
        text.append(", images of release ").append(plan.images().release()).append('\n');
        text.append("# What was derived, and why:\n");
        for (Derivation derivation : plan.derivations()) {
            text.append("# ").append(derivation.number()).append(": ").append(derivation.value());
            text.append("  # reason: ").append(derivation.reason()).append('\n');
        }
        if (plan.hasManagedStore()) {
            text.append("# Not below: Secret ").append(Names.store(plan.name()));
            text.append(", which the operator creates once with a random password and never reads\n");
        }
        for (HasMetadata object : Resources.all(plan)) {
            text.append("---\n").append(Yaml.print(object));
        }
        for (HasMetadata object : Monitoring.of(plan)) {
            text.append("---\n# only where the cluster serves ")
                    .append(object.getApiVersion())
                    .append('\n');
            text.append(Yaml.print(object));
        }
        return text.toString();
    }
}
