package dev.millrace.plan.check;

import dev.millrace.api.v1alpha1.CacheKey;
import dev.millrace.api.v1alpha1.CandidatesSpec;
import dev.millrace.api.v1alpha1.Datatype;
import dev.millrace.api.v1alpha1.DiversitySpec;
import dev.millrace.api.v1alpha1.EntitySpec;
import dev.millrace.api.v1alpha1.FeaturesSpec;
import dev.millrace.api.v1alpha1.RankingSpec;
import dev.millrace.api.v1alpha1.RealtimeModelSpec;
import dev.millrace.api.v1alpha1.RequestCacheSpec;
import dev.millrace.api.v1alpha1.TensorSpec;
import dev.millrace.plan.Finding.Reason;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code spec.candidates} and {@code spec.postProcessing.ranking}: one user, many items, one order. */
final class RankingCheck {
    private static final String CANDIDATES = "spec.candidates";
    private static final String RANKING = "spec.postProcessing.ranking";
    private static final int MAX = 500;

    private RankingCheck() {}

    static void check(RealtimeModelSpec spec, Findings findings) {
        CandidatesSpec candidates = spec.getCandidates();
        RankingSpec ranking = ranking(spec);
        if (candidates != null) {
            candidates(spec, candidates, findings);
        }
        if ((candidates == null) != (ranking == null)) {
            findings.error(
                    candidates == null ? CANDIDATES : RANKING,
                    Reason.Required,
                    "is required: candidates say what is ranked, postProcessing.ranking how; give both or none");
        }
        if (ranking != null) {
            ranking(spec, ranking, findings);
        }
    }

    /** Names that the ranking looks at; they need not be in the vector. */
    static List<String> attributes(RealtimeModelSpec spec) {
        RankingSpec ranking = ranking(spec);
        if (ranking == null) {
            return List.of();
        }
        List<String> names = new ArrayList<>(ranking.getRequire());
        if (ranking.getDiversity() != null) {
            names.add(ranking.getDiversity().getBy());
        }
        return names;
    }

    private static @Nullable RankingSpec ranking(RealtimeModelSpec spec) {
        return spec.getPostProcessing() == null
                ? null
                : spec.getPostProcessing().getRanking();
    }

    private static void candidates(RealtimeModelSpec spec, CandidatesSpec candidates, Findings findings) {
        FeaturesSpec features = spec.getFeatures();
        if (features == null) {
            findings.error(
                    "spec.features", Reason.Required, "is required by candidates: it says what a user and an item are");
            return;
        }
        if (findings.required(CANDIDATES + ".entity", candidates.getEntity(), "item")) {
            List<String> names =
                    features.getEntities().stream().map(EntitySpec::getName).toList();
            if (!names.contains(candidates.getEntity())) {
                findings.error(
                        CANDIDATES + ".entity",
                        Reason.EntityUnknown,
                        "'" + candidates.getEntity() + "' is none of features.entities, " + names
                                + "; use one of them or add it there");
            }
        }
        RequestCacheSpec cache =
                spec.getCache() == null ? null : spec.getCache().getRequest();
        if (cache != null && cache.getKey() == CacheKey.Inputs) {
            findings.error(
                    "spec.cache.request.key",
                    Reason.FieldDoesNotApply,
                    "a ranking looks at the items' features, which Inputs does not read; use Vector");
        }
        Integer max = candidates.getMax();
        if (max != null && (max < 1 || max > MAX)) {
            findings.error(CANDIDATES + ".max", Reason.InvalidValue, "must be from 1 to " + MAX);
        }
        Integer queue = spec.getServer().getBatching().getMaxQueueSize();
        int rows = max == null ? MAX : max;
        if (queue != null && queue < rows) {
            findings.error(
                    "spec.server.batching.maxQueueSize",
                    Reason.InvalidValue,
                    queue + " rows do not hold one call of " + rows + " candidates; raise it, or lower candidates.max");
        }
    }

    private static void ranking(RealtimeModelSpec spec, RankingSpec ranking, Findings findings) {
        if (spec.getPostProcessing() != null && spec.getPostProcessing().getThreshold() != null) {
            findings.error(
                    "spec.postProcessing.threshold",
                    Reason.FieldDoesNotApply,
                    "gives a label, but a ranking gives an order; remove one of them");
        }
        FeaturesSpec features = spec.getFeatures();
        if (features == null) {
            return;
        }
        for (int i = 0; i < ranking.getRequire().size(); i++) {
            VectorCheck.entry(
                    RANKING + ".require[" + i + "]", ranking.getRequire().get(i), features, findings);
        }
        DiversitySpec diversity = ranking.getDiversity();
        if (diversity != null && findings.required(RANKING + ".diversity.by", diversity.getBy(), "items.category")) {
            VectorCheck.entry(RANKING + ".diversity.by", diversity.getBy(), features, findings);
            Double lambda = findings.number(RANKING + ".diversity.lambda", diversity.getLambda(), Reason.InvalidValue);
            if (lambda != null && !(lambda >= 0 && lambda <= 1)) {
                findings.error(
                        RANKING + ".diversity.lambda",
                        Reason.InvalidValue,
                        "must be from \"0\" (only other kinds) to \"1\" (only relevance)");
            }
        }
        output(spec.getModel().getOutputs(), ranking, findings);
    }

    private static void output(List<TensorSpec> outputs, RankingSpec ranking, Findings findings) {
        if (outputs.isEmpty()) {
            return; // the server looks at the file
        }
        List<TensorSpec> scores = outputs.stream()
                .filter(o -> o.getDatatype() == Datatype.FP32 || o.getDatatype() == Datatype.FP64)
                .toList();
        List<String> names = scores.stream().map(TensorSpec::getName).toList();
        String given = ranking.getOutput();
        if (given != null && !names.contains(given)) {
            findings.error(
                    RANKING + ".output",
                    Reason.InvalidValue,
                    "'" + given + "' is no floating point output of model.outputs; use one of " + names);
        } else if (given == null && scores.size() != 1) {
            findings.error(
                    RANKING + ".output",
                    Reason.Required,
                    "is required, because model.outputs has " + scores.size() + " floating point outputs " + names);
        }
    }
}
