package dev.millrace.devkit.fraud;

import dev.millrace.contract.feature.EventColumns;
import dev.millrace.contract.feature.TileLayout;
import dev.millrace.contract.feature.TileReader;
import dev.millrace.contract.feature.TileState;
import dev.millrace.contract.feature.ValueHash;
import java.io.IOException;
import java.io.Writer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Simulates history and writes what the server would have seen at each purchase: one CSV line with the model's input
 * vector and the truth.
 *
 * <p>Windows are computed by the contract's own tiles, as aggregator and server do, and each line is read before its
 * purchase is applied, as a prediction comes before its event. So training and serving features cannot differ.
 */
public final class TrainingSet {
    private static final long DAY_MS = 86_400_000;

    private final Population population;
    private final long seed;
    private final TileLayout layout = TileLayout.of(FraudFeatures.purchases());
    private final TileReader reader = new TileReader(layout);
    private final Map<String, TileState> states = new HashMap<>();
    private final Map<String, Customer> customers = new HashMap<>();

    public TrainingSet(Population population, long seed) {
        this.population = population;
        this.seed = seed;
        population.customers().forEach(c -> customers.put(c.id(), c));
    }

    /** What was written. */
    public record Summary(long rows, long frauds) {}

    /**
     * @param startMs event time of the beginning; the first day only fills the windows
     * @param rows how many lines to write
     */
    public Summary write(Writer out, long startMs, double pace, long rows) throws IOException {
        out.write(String.join(",", FraudFeatures.vector()));
        out.write(",pattern,label\n");
        PurchaseStream stream = new PurchaseStream(population, seed, startMs, pace, 1);
        double[] features = new double[layout.width()];
        long written = 0;
        long frauds = 0;
        for (long offset = 0; written < rows; offset++) {
            Purchase purchase = stream.next();
            TileState state = states.computeIfAbsent(purchase.customerId(), id -> TileState.empty(layout));
            if (purchase.ts() >= startMs + DAY_MS) {
                read(state, purchase.ts(), features);
                out.write(line(purchase, features));
                written++;
                frauds += purchase.pattern().isFraud() ? 1 : 0;
            }
            if (purchase.status().equals("OK")) {
                TileState.Outcome outcome = state.apply(0, offset, purchase.ts(), new Columns(layout, purchase));
                if (outcome != TileState.Outcome.APPLIED) {
                    throw new IllegalStateException("purchase " + purchase.id() + " was not applied: " + outcome);
                }
            }
        }
        return new Summary(written, frauds);
    }

    private void read(TileState state, long nowMs, double[] features) {
        if (state.seq() == 0) {
            System.arraycopy(layout.defaults(), 0, features, 0, features.length);
            return;
        }
        if (!reader.read(state.toValue(0, nowMs, 0), nowMs, features, 0)) {
            throw new IllegalStateException("the contract cannot read its own value");
        }
    }

    private String line(Purchase purchase, double[] features) {
        Customer c = customers.get(purchase.customerId());
        if (c == null) {
            throw new IllegalStateException("a purchase of nobody: " + purchase.customerId());
        }
        StringBuilder line = new StringBuilder(160);
        line.append((float) purchase.amount())
                .append(',')
                .append(purchase.cardPresent() ? 1 : 0)
                .append(',')
                .append(purchase.foreign() ? 1 : 0);
        for (double feature : features) {
            line.append(',').append((float) feature);
        }
        List<? extends Number> profile =
                Arrays.asList((float) c.avg30dSpend(), c.accountAgeDays(), c.chargebacks1y(), (float) c.homeRisk());
        profile.forEach(value -> line.append(',').append(value));
        return line.append(',')
                .append(purchase.pattern())
                .append(',')
                .append(purchase.pattern().isFraud() ? 1 : 0)
                .append('\n')
                .toString();
    }

    /** A purchase as the tiles see it; the same values that the aggregator takes from the JSON. */
    private record Columns(TileLayout layout, Purchase purchase) implements EventColumns {
        @Override
        public double number(int column) {
            if (layout.columns().get(column).equals("amount")) {
                return purchase.amount();
            }
            throw new IllegalArgumentException(
                    "not a number: " + layout.columns().get(column));
        }

        @Override
        public long hash(int column) {
            if (layout.columns().get(column).equals("merchant_id")) {
                return ValueHash.of(purchase.merchantId());
            }
            return ValueHash.of(number(column));
        }

        @Override
        public boolean isNull(int column) {
            return false;
        }
    }
}
