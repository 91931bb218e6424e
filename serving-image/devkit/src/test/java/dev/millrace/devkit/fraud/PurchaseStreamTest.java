package dev.millrace.devkit.fraud;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.devkit.fraud.Purchase.Pattern;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PurchaseStreamTest {
    private static final long START = 1_767_225_600_000L;

    private static List<Purchase> take(long seed, int n) {
        PurchaseStream stream = new PurchaseStream(Population.of(3, 200), seed, START, 1, 1);
        List<Purchase> purchases = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            purchases.add(stream.next());
        }
        return purchases;
    }

    @Test
    void equalSeedsGiveEqualPurchasesAndOthersDoNot() {
        assertThat(take(1, 3000)).isEqualTo(take(1, 3000)).isNotEqualTo(take(2, 3000));
    }

    @Test
    void comesInTheOrderOfTimeWithIdsOfItsOwn() {
        List<Purchase> purchases = take(1, 5000);
        for (int i = 1; i < purchases.size(); i++) {
            assertThat(purchases.get(i).ts())
                    .isGreaterThanOrEqualTo(purchases.get(i - 1).ts());
        }
        assertThat(purchases.stream().map(Purchase::id).distinct()).hasSize(purchases.size());
    }

    @Test
    void holdsEveryPatternAndMostlyHonestPeople() {
        Map<Pattern, Integer> counts = new EnumMap<>(Pattern.class);
        take(1, 30_000).forEach(p -> counts.merge(p.pattern(), 1, Integer::sum));
        assertThat(counts).containsOnlyKeys(Pattern.values());
        assertThat(counts.get(Pattern.NORMAL)).isGreaterThan(28_000);
    }

    @Test
    void burstsAreManyPurchasesOfOneCustomerWithinMinutes() {
        Map<String, List<Purchase>> bursts = new HashMap<>();
        take(1, 30_000).stream().filter(p -> p.pattern() == Pattern.BURST).forEach(p -> bursts.computeIfAbsent(
                        p.customerId(), c -> new ArrayList<>())
                .add(p));
        assertThat(bursts.values()).anySatisfy(burst -> assertThat(burst.stream()
                        .filter(p -> p.ts() < burst.get(0).ts() + 300_000)
                        .map(Purchase::merchantId)
                        .distinct())
                .hasSizeGreaterThan(7));
    }

    @Test
    void writesEventsWithTheFieldsOfTheSampleAndNotTheTruth() throws Exception {
        JsonNode json = new ObjectMapper().readTree(take(1, 1).get(0).toJson());
        assertThat(json.fieldNames())
                .toIterable()
                .containsExactly(
                        "id", "customer_id", "merchant_id", "mcc", "amount", "country", "card_present", "status", "ts");
        assertThat(json.get("amount").isNumber()).isTrue();
        assertThat(json.get("ts").asLong()).isGreaterThanOrEqualTo(START);
    }

    @Test
    void theHistoryEndsBeforeNowAndKnowsEveryCustomer() {
        Population population = Population.of(3, 300);
        List<Purchase> history = new LiveTraffic(population, 9).history(START);
        assertThat(history).isEqualTo(new LiveTraffic(population, 9).history(START));
        assertThat(history).allMatch(p -> p.ts() < START && p.pattern() == Pattern.NORMAL);
        assertThat(history.stream()
                        .filter(p -> p.status().equals("OK"))
                        .map(Purchase::customerId)
                        .distinct())
                .hasSize(300);
    }
}
