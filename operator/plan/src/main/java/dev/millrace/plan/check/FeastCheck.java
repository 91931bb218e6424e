package dev.millrace.plan.check;

import dev.millrace.api.v1alpha1.AggregationFunctionName;
import dev.millrace.api.v1alpha1.EntitySpec;
import dev.millrace.api.v1alpha1.ExternalStore;
import dev.millrace.api.v1alpha1.FeastSpec;
import dev.millrace.api.v1alpha1.FeatureGroupSpec;
import dev.millrace.api.v1alpha1.FeaturesSpec;
import dev.millrace.plan.FeastNumbers;
import dev.millrace.plan.Finding.Reason;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code store.external.format: feast-v3} and what a group of such a store cannot be. */
final class FeastCheck {
    private static final String STORE = "spec.features.store.external";
    /** A finished value of them says nothing, or is more than one number. */
    private static final Set<AggregationFunctionName> UNFIT = Set.of(
            AggregationFunctionName.first_n, AggregationFunctionName.last_n, AggregationFunctionName.time_since_last);

    private FeastCheck() {}

    static void store(FeaturesSpec features, Findings findings) {
        ExternalStore store = features.getStore().getExternal();
        if (store == null) {
            return;
        }
        if (FeastNumbers.isFeast(features.getStore())) {
            findings.required(STORE + ".project", store.getProject(), "fraud");
            findings.positiveDuration(STORE + ".keyTtl", store.getKeyTtl());
            List<String> views = features.getGroups().stream()
                    .filter(g -> g.getSql() == null)
                    .map(FeastNumbers::view)
                    .toList();
            for (int i = 0; i < features.getGroups().size(); i++) {
                FeatureGroupSpec group = features.getGroups().get(i);
                if (group.getSql() == null && views.indexOf(FeastNumbers.view(group)) < firstOf(features, i)) {
                    findings.error(
                            "spec.features.groups[" + i + "].feast.view",
                            Reason.DuplicateName,
                            "'" + FeastNumbers.view(group)
                                    + "' is the view of another group: a view has one time and one writer; name another"
                                    + " view, or put the features into one group");
                }
            }
            return;
        }
        if (store.getProject() != null) {
            findings.error(STORE + ".project", Reason.FieldDoesNotApply, cure());
        }
        if (store.getKeyTtl() != null) {
            findings.error(STORE + ".keyTtl", Reason.FieldDoesNotApply, cure());
        }
    }

    private static String cure() {
        return "is for a store of Feast's; add format: feast-v3 or remove it";
    }

    /** Place of a group among those that have a view. */
    private static int firstOf(FeaturesSpec features, int index) {
        return (int) features.getGroups().subList(0, index).stream()
                .filter(g -> g.getSql() == null)
                .count();
    }

    static void group(String at, FeatureGroupSpec group, FeaturesSpec features, Findings findings) {
        FeastSpec feast = group.getFeast();
        if (!FeastNumbers.isFeast(features.getStore())) {
            if (feast != null) {
                findings.error(
                        at + ".feast",
                        Reason.FieldDoesNotApply,
                        "is for features.store.external of format feast-v3; remove it or set the store's format");
            }
            return;
        }
        if (feast != null) {
            joinKeys(at + ".feast.joinKeys", feast.getJoinKeys(), group, features, findings);
            if (group.getSql() != null) {
                findings.error(
                        at + ".feast",
                        Reason.FieldDoesNotApply,
                        "an sql group has its values in the server, not in the store; remove feast or sql");
            }
        }
        if (group.getStream() != null && group.getBatch() != null) {
            findings.error(
                    at + ".batch",
                    Reason.NotSupported,
                    "stream and batch are merged as tiles, and Feast's layout has none; use two groups, or a native store");
        }
        for (int i = 0; i < group.getAggregations().size(); i++) {
            AggregationFunctionName function = group.getAggregations().get(i).getFunction();
            if (function != null && UNFIT.contains(function)) {
                findings.error(
                        at + ".aggregations[" + i + "].function",
                        Reason.NotSupported,
                        function
                                + " cannot stand in Feast's layout, whose values are one number each, of the time of the newest"
                                + " event; choose another function, or a native store");
            }
        }
    }

    private static void joinKeys(
            String at, List<String> given, FeatureGroupSpec group, FeaturesSpec features, Findings findings) {
        findings.unique(at, given);
        EntitySpec entity = features.getEntities().stream()
                .filter(e -> e.getName().equals(group.getEntity()))
                .findFirst()
                .orElse(null);
        if (entity != null
                && !given.isEmpty()
                && given.size() != entity.getKeys().size()) {
            findings.error(
                    at,
                    Reason.InvalidValue,
                    "names " + given.size() + " keys, and entity " + entity.getName() + " has "
                            + entity.getKeys().size() + "; name one for each, in the entity's order");
        }
    }

    /** A group that Feast writes. */
    static void source(String at, FeatureGroupSpec group, @Nullable Duration ttl, Findings findings) {
        GroupCheck.columns(at, group, "a group that Feast writes", findings);
        if (group.getFreshness().getMaxLag() != null || group.getFreshness().getPipeline() != null) {
            findings.error(
                    at + ".freshness",
                    Reason.FreshnessDoesNotApply,
                    "maxLag and pipeline are for streams; a group that Feast writes has maxAge");
        }
        GroupCheck.maxAge(at, group, ttl, findings);
    }
}
