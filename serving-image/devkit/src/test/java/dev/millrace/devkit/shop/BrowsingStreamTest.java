package dev.millrace.devkit.shop;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class BrowsingStreamTest {
    private static final long START = 1_767_225_600_000L;
    private final Shop shop = Shop.sample();

    private List<Browsing> events(long seed, int count) {
        BrowsingStream stream = new BrowsingStream(shop, seed, START, 10);
        List<Browsing> events = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            assertThat(stream.peekTs()).isGreaterThanOrEqualTo(START);
            events.add(stream.next());
        }
        return events;
    }

    @Test
    void equalSeedsGiveEqualEventsInTheOrderOfTime() {
        List<String> once = events(3, 2_000).stream().map(Browsing::toJson).toList();
        assertThat(events(3, 2_000).stream().map(Browsing::toJson)).containsExactlyElementsOf(once);
        assertThat(events(4, 2_000).stream().map(Browsing::toJson)).isNotEqualTo(once);
        assertThat(events(3, 2_000)).isSortedAccordingTo((a, b) -> Long.compare(a.ts(), b.ts()));
    }

    @Test
    void fewItemsAndUsersMakeMostOfItAndOnlyWhatIsInStockIsBought() {
        List<Browsing> events = events(5, 20_000);
        assertThat(share(events.stream()
                        .collect(Collectors.groupingBy(e -> e.item().id(), Collectors.counting()))))
                .as("of the top tenth of the items")
                .isGreaterThan(0.2);
        assertThat(share(events.stream()
                        .collect(Collectors.groupingBy(e -> e.shopper().id(), Collectors.counting()))))
                .as("of the top tenth of the users")
                .isGreaterThan(0.25);
        assertThat(events)
                .filteredOn(e -> e.kind() != Browsing.Kind.VIEW)
                .isNotEmpty()
                .allMatch(e -> e.item().inStock());
    }

    private static double share(Map<String, Long> counts) {
        List<Long> most =
                counts.values().stream().sorted((a, b) -> Long.compare(b, a)).toList();
        double all = most.stream().mapToLong(Long::longValue).sum();
        return most.stream().limit(most.size() / 10).mapToLong(Long::longValue).sum() / all;
    }

    @Test
    void tastesAddUpAndDrift() {
        Shopper shopper = shop.shoppers().get(17);
        double[] now = new double[Item.CATEGORIES];
        double[] later = new double[Item.CATEGORIES];
        boolean drifted = false;
        for (int hours = 0; hours < 24; hours++) {
            for (int c = 0; c < Item.CATEGORIES; c++) {
                now[c] = shopper.taste(c, START);
                later[c] = shopper.taste(c, START + hours * 3_600_000L);
            }
            assertThat(Arrays.stream(later).sum()).isBetween(0.999, 1.001);
            drifted |= !Arrays.equals(now, later);
        }
        assertThat(drifted).isTrue();
    }

    /** The tiles of the training set and the aggregator read the same numbers of an event. */
    @Test
    void theJsonSaysWhatTheTrainingSetReads() throws Exception {
        for (Browsing event : events(6, 200)) {
            JsonNode json = new ObjectMapper().readTree(event.toJson());
            for (String column :
                    List.of("price", "view", "cart", "purchase", "c0", "c1", "c2", "c3", "c4", "c5", "c6", "c7")) {
                Double number = event.number(column);
                assertThat(json.has(column)).as(column).isEqualTo(number != null);
                if (number != null) {
                    assertThat(json.get(column).asDouble()).isEqualTo(number);
                }
            }
        }
    }

    @Test
    void candidatesAreWhatOneUserIsAlwaysFound() {
        Shopper shopper = shop.visitor(new SplittableRandom(1));
        assertThat(shop.candidates(shopper, 200))
                .hasSize(200)
                .doesNotHaveDuplicates()
                .isEqualTo(Shop.sample().candidates(shopper, 200));
        assertThat(shop.candidates(shopper, 100))
                .isEqualTo(shop.candidates(shopper, 200).subList(0, 100));
    }
}
