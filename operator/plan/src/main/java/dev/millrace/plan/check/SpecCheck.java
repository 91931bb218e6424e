package dev.millrace.plan.check;

import dev.millrace.api.v1alpha1.RealtimeModel;
import dev.millrace.api.v1alpha1.RealtimeModelSpec;
import dev.millrace.plan.Finding;
import java.util.List;

/**
 * Says what is wrong with a spec before anything runs: what the schema cannot say (durations, references between fields,
 * feasibility) and, for those that never met an API server, what the schema would have said.
 */
public final class SpecCheck {
    private SpecCheck() {}

    /** Findings in the order of the spec; a plan can be made when none is an error. */
    public static List<Finding> check(RealtimeModel model) {
        Findings findings = new Findings();
        RealtimeModelSpec spec = model.getSpec();
        ModelCheck.name(model, findings);
        ModelCheck.check(spec.getModel(), findings);
        SloCheck.check(spec.getSlo(), findings);
        ServerCheck.check(spec, findings);
        DeliveryCheck.kafka(spec, findings);
        FeaturesCheck.check(model, findings);
        VectorCheck.check(spec, findings);
        RankingCheck.check(spec, findings);
        DeliveryCheck.cache(spec, findings);
        CacheCheck.check(spec, findings);
        FallbackCheck.check(spec, findings);
        StreamInferenceCheck.check(model, findings);
        DeliveryCheck.monitoring(spec, findings);
        return findings.list();
    }

    /** True when nothing stops the spec. */
    public static boolean isPlannable(List<Finding> findings) {
        return findings.stream().noneMatch(f -> f.severity() == Finding.Severity.error);
    }
}
