package dev.millrace.plan;

import dev.millrace.api.v1alpha1.CandidatesSpec;
import dev.millrace.api.v1alpha1.DiversitySpec;
import dev.millrace.api.v1alpha1.EntityCacheSpec;
import dev.millrace.api.v1alpha1.HttpCacheSpec;
import dev.millrace.api.v1alpha1.PrewarmSpec;
import dev.millrace.api.v1alpha1.RankingSpec;
import dev.millrace.api.v1alpha1.RealtimeModelSpec;
import dev.millrace.contract.config.ServingConfig.Candidates;
import dev.millrace.contract.config.ServingConfig.Diversity;
import dev.millrace.contract.config.ServingConfig.EntityCache;
import dev.millrace.contract.config.ServingConfig.HttpCache;
import dev.millrace.contract.config.ServingConfig.Prewarm;
import dev.millrace.contract.config.ServingConfig.Ranking;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code spec.candidates}, {@code postProcessing.ranking} and the caches of whole answers. */
final class AnswerNumbers {
    static final int MAX_CANDIDATES = 500;
    private static final int TOP_K = 10;
    private static final int CACHED_ENTITIES = 100_000;
    private static final int PREWARMED = 1_000;
    private static final int LAST_COLUMN = -1;

    private AnswerNumbers() {}

    static AnswersPlan of(RealtimeModelSpec spec) {
        return new AnswersPlan(
                candidates(spec.getCandidates()),
                ranking(
                        spec.getPostProcessing() == null
                                ? null
                                : spec.getPostProcessing().getRanking()),
                spec.getCache() == null ? null : entityCache(spec.getCache().getEntity()),
                spec.getCache() == null ? null : httpCache(spec.getCache().getHttp()));
    }

    private static @Nullable Candidates candidates(@Nullable CandidatesSpec given) {
        return given == null ? null : new Candidates(given.getEntity(), max(given));
    }

    static int max(CandidatesSpec given) {
        return given.getMax() == null ? MAX_CANDIDATES : given.getMax();
    }

    private static @Nullable Ranking ranking(@Nullable RankingSpec given) {
        if (given == null) {
            return null;
        }
        DiversitySpec diversity = given.getDiversity();
        return new Ranking(
                given.getTopK() == null ? TOP_K : given.getTopK(),
                given.getOutput(),
                given.getIndex() == null ? LAST_COLUMN : given.getIndex(),
                diversity == null ? null : new Diversity(diversity.getBy(), Double.parseDouble(diversity.getLambda())),
                List.copyOf(given.getRequire()));
    }

    private static @Nullable EntityCache entityCache(@Nullable EntityCacheSpec given) {
        if (given == null) {
            return null;
        }
        PrewarmSpec prewarm = given.getPrewarm();
        return new EntityCache(
                Durations.parse(given.getTtl()).toMillis(),
                given.getMaxEntries() == null ? CACHED_ENTITIES : given.getMaxEntries(),
                prewarm == null
                        ? null
                        : new Prewarm(prewarm.getTopic(), prewarm.getMax() == null ? PREWARMED : prewarm.getMax()));
    }

    private static @Nullable HttpCache httpCache(@Nullable HttpCacheSpec given) {
        String stale = given == null ? null : given.getStaleWhileRevalidate();
        return given == null
                ? null
                : new HttpCache(
                        Durations.parse(given.getMaxAge()).toMillis(),
                        stale == null ? 0 : Durations.parse(stale).toMillis());
    }
}
