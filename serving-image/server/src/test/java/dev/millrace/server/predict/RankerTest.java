package dev.millrace.server.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.contract.config.ServingConfig.Candidates;
import dev.millrace.contract.config.ServingConfig.Diversity;
import dev.millrace.contract.config.ServingConfig.Ranking;
import dev.millrace.contract.config.ServingConfig.TensorSpec;
import dev.millrace.server.Specs;
import dev.millrace.server.engine.LoadException;
import dev.millrace.server.features.VectorPlan;
import dev.millrace.server.predict.Ranker.Scored;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RankerTest {
    private static Ranker ranker(int topK, @Nullable Diversity diversity, String... require) {
        Ranking ranking = new Ranking(topK, null, -1, diversity, List.of(require));
        return new Ranker(
                ranking,
                VectorPlan.of(
                        Specs.features("redis://none:1", Specs.purchases("Default", "Serve")),
                        new Candidates("customer", 10),
                        ranking));
    }

    /** Vector places: amount, purchases.count_1h, profile.risk; then channel, where the ranking looks at it. */
    private static Scored item(String id, double relevance, double channel) {
        return new Scored(Map.of("item_id", id), relevance, new double[] {1, 2, 3, channel});
    }

    private static List<String> ids(List<RankedItem> items) {
        return items.stream().map(i -> String.valueOf(i.keys().get("item_id"))).toList();
    }

    @Test
    void byRelevanceAndThenByTheCallersOrder() {
        List<RankedItem> ranked = ranker(3, null)
                .rank(List.of(item("a", 0.1, 1), item("b", 0.9, 1), item("c", 0.9, 1), item("d", 0.5, 1)));
        assertThat(ids(ranked)).containsExactly("b", "c", "d");
        assertThat(ranked).extracting(RankedItem::rank).containsExactly(1, 2, 3);
        assertThat(ranked.get(0).vector()).as("the model's input alone").containsExactly(1, 2, 3);
    }

    @Test
    void whatTheModelSaysNothingOfIsLeftOut() {
        assertThat(ids(ranker(3, null).rank(List.of(item("a", Double.NaN, 1), item("b", 0, 1)))))
                .containsExactly("b");
        assertThat(ranker(3, null).rank(List.of())).isEmpty();
    }

    @Test
    void whatIsRequiredMustBeThere() {
        Ranker ranker = ranker(5, null, "channel");
        List<Scored> items = new ArrayList<>(List.of(item("a", 3, 0), item("b", 2, 1), item("c", 1, Double.NaN)));
        items.add(new Scored(Map.of("item_id", "d"), 9, null));
        assertThat(ids(ranker.rank(items))).containsExactly("b");
    }

    /** Relevance 1, 0.9, 0.8, 0; kinds 1, 1, 2, 3. */
    @Test
    void diversityPrefersAnotherKind() {
        List<Scored> items = List.of(item("a", 1, 1), item("b", 0.9, 1), item("c", 0.8, 2), item("d", 0, 3));
        assertThat(ids(ranker(4, new Diversity("channel", 1)).rank(items))).containsExactly("a", "b", "c", "d");
        // 0.5 * 0.9 - 0.5 < 0.5 * 0 <= 0.5 * 0.8
        assertThat(ids(ranker(4, new Diversity("channel", 0.5)).rank(items))).containsExactly("a", "c", "d", "b");
        // 0.8 * 0.9 - 0.2 = 0.52 > 0 = 0.8 * 0, and 0.8 * 0.8 is more
        assertThat(ids(ranker(4, new Diversity("channel", 0.8)).rank(items))).containsExactly("a", "c", "b", "d");
        assertThat(ids(ranker(2, new Diversity("channel", 0)).rank(items))).containsExactly("a", "c");
    }

    @Test
    void aListOfBeforeKeepsWhatIsNamedNow() {
        Ranker ranker = ranker(2, null);
        List<RankedItem> before = ranker(3, null).rank(List.of(item("a", 3, 1), item("b", 2, 1), item("c", 1, 1)));
        List<RankedItem> now = ranker.again(before, List.of(Map.of("item_id", "c"), Map.of("item_id", "a")));
        assertThat(ids(now)).containsExactly("a", "c");
        assertThat(now).extracting(RankedItem::rank).containsExactly(1, 2);
        assertThat(ids(ranker.asCalled(List.of(Map.of("item_id", "z"), Map.of("item_id", "y")), 0.5)))
                .containsExactly("z", "y");
    }

    @Test
    void anOutputToRankByMustBeKnown() {
        TensorSpec score = new TensorSpec("score", "FP32", List.of(-1L, 1L));
        TensorSpec other = new TensorSpec("other", "FP64", List.of(-1L));
        assertThatThrownBy(() -> ranker(1, null).check(List.of(score, other)))
                .isInstanceOf(LoadException.class)
                .hasMessageContaining("postProcessing.ranking.output");
        assertThatThrownBy(() -> ranker(1, null).check(List.of(new TensorSpec("label", "INT64", List.of(-1L)))))
                .isInstanceOf(LoadException.class);
    }
}
