package dev.millrace.devkit.fraud;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TrainingSetTest {
    private static final long START = 1_767_225_600_000L;
    private static final long DAY = 86_400_000;

    private static List<String> lines(long seed) throws IOException {
        StringWriter out = new StringWriter();
        new TrainingSet(Population.of(3, 60), seed).write(out, START, 1, 500);
        return out.toString().lines().toList();
    }

    @Test
    void equalSeedsGiveEqualFiles() throws IOException {
        assertThat(lines(1)).isEqualTo(lines(1)).isNotEqualTo(lines(2));
    }

    @Test
    void countsThePurchasesOfTheLastFiveMinutesBeforeEachOne() throws IOException {
        List<String> lines = lines(4);
        int column = FraudFeatures.vector().indexOf("purchases.count_5m");
        int amount = FraudFeatures.vector().indexOf("amount");
        PurchaseStream stream = new PurchaseStream(Population.of(3, 60), 4, START, 1, 1);
        List<Purchase> past = new ArrayList<>();
        int row = 1;
        int nonZero = 0;
        while (row < lines.size()) {
            Purchase now = stream.next();
            if (now.ts() >= START + DAY) {
                String[] cells = lines.get(row++).split(",");
                assertThat(Float.parseFloat(cells[amount])).isEqualTo((float) now.amount());
                // A window begins at the edge of a tile: it may hold up to one hop (5 s) more, never less.
                long exact = count(past, now, 300_000);
                long withTheTileAtItsEdge = count(past, now, 305_000);
                double counted = Double.parseDouble(cells[column]);
                assertThat(counted).isBetween((double) exact, (double) withTheTileAtItsEdge);
                nonZero += counted > 0 ? 1 : 0;
            }
            past.add(now);
        }
        assertThat(nonZero).isPositive();
    }

    private static long count(List<Purchase> past, Purchase now, long windowMs) {
        return past.stream()
                .filter(p -> p.customerId().equals(now.customerId()))
                .filter(p -> p.status().equals("OK") && p.ts() > now.ts() - windowMs)
                .count();
    }
}
