package dev.millrace.devkit.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.devkit.load.LoadStats;
import dev.millrace.devkit.load.PredictAnswer;
import dev.millrace.devkit.load.PredictAnswer.Timings;
import dev.millrace.devkit.shop.Item;
import dev.millrace.devkit.shop.Shop;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RankingReportTest {
    private static final Target TARGET = new Target(
            "recommendations",
            URI.create("http://127.0.0.1:8080"),
            URI.create("http://127.0.0.1:8081"),
            URI.create("http://127.0.0.1:9090/metrics"),
            null,
            "127.0.0.1:9092",
            "browsing",
            75,
            "99");
    private static final Histogram PIPELINE = new Histogram(Map.of(0.01, 10.0, Double.POSITIVE_INFINITY, 10.0));

    private final Shop shop = Shop.sample();
    private final LoadStats stats = new LoadStats();
    private final Lists lists = new Lists(shop);

    private void answered(List<Item> items, @Nullable String cache, @Nullable String fallback, long latencyNs) {
        PredictAnswer answer = new PredictAnswer(
                null,
                items.stream().map(Item::id).toList(),
                cache,
                fallback,
                List.of(),
                List.of(),
                new Timings(1, 1, 1, 1, 4),
                null);
        stats.record(answer, latencyNs);
        lists.add(answer);
    }

    private List<Item> some(boolean inStock, int category, int count) {
        return shop.items().stream()
                .filter(i -> i.inStock() == inStock && i.category() == category)
                .limit(count)
                .toList();
    }

    private RankingReport report() {
        stats.end();
        return RankingReport.of(stats.snapshot(), lists.summary(), 200, PIPELINE, 8, TARGET);
    }

    @Test
    void countsWhereListsComeFromAndWhatTheyHold() {
        answered(some(true, 1, 3), "Miss", null, 1_000_000);
        answered(some(true, 1, 3), "Hit", null, 1_000_000);
        answered(some(true, 2, 1), "Miss", null, 1_000_000);
        answered(some(true, 3, 1), "Miss", "Timeout", 1_000_000);
        RankingReport report = report();
        assertThat(report.answers()).isEqualTo(new RankingReport.Answers(2, 1, 1));
        assertThat(report.items().cacheHitShare()).isEqualTo(0.3333);
        assertThat(report.items().scoredPerSecond()).isPositive();
        assertThat(report.lists().places()).containsExactly(0L, 6L, 1L, 1L, 0L, 0L, 0L, 0L);
        assertThat(report.lists().inStockShare()).isEqualTo(1);
        assertThat(report.lists().categoriesPerList()).isEqualTo(1);
        // five different items
        assertThat(report.lists().coverage())
                .isEqualTo(Math.round(1e4 * 5 / shop.items().size()) / 1e4);
        assertThat(report.failures()).isEmpty();
        assertThat(report.warnings(75)).containsExactly("1 of 4 lists were the fallback's");
    }

    @Test
    void whatIsNotInStockIsAFailureAndASlowTailAWarning() {
        answered(some(false, 1, 1), "Miss", null, 80_000_000);
        RankingReport report = report();
        assertThat(report.failures()).containsExactly("items were shown that are not in stock");
        assertThat(report.warnings(75))
                .hasSize(1)
                .first()
                .asString()
                .startsWith("p99 80")
                .contains("SLO's 75");
    }

    @Test
    void aRunInWhichNothingHappenedFails() {
        assertThat(report().failures()).containsExactly("no list was asked for");
        stats.record(
                new PredictAnswer(null, List.of(), null, null, List.of(), List.of(), new Timings(0, 0, 0, 0, 0), "503"),
                1);
        assertThat(report().failures()).containsExactly("1 of 1 calls were not answered");
    }

    @Test
    void theFileHasTheNamesOfTheOtherDemosReport() throws Exception {
        answered(some(true, 1, 3), "Miss", null, 1_000_000);
        JsonNode json = new ObjectMapper().valueToTree(report());
        assertThat(json.fieldNames())
                .toIterable()
                .contains("requests", "errors", "rps", "latencyMs", "stagesMs", "freshnessMs", "answers", "features")
                .contains("items", "lists", "startupSeconds", "endpoints");
    }
}
