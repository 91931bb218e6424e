package dev.millrace.devkit.fraud;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * What the demo feeds to a stack: a day of history, then purchases as they happen, and attempts that are only asked about.
 * The wall clock comes from the caller.
 */
public final class LiveTraffic {
    private static final long HOUR_MS = 3_600_000;
    private static final long HISTORY_MS = 20 * HOUR_MS;
    /** Purchases per customer in the history: enough for habits, few enough to be loaded in seconds. */
    private static final double HISTORY_MEAN = 5;
    /** Frauds happen more often than in life, so that a minute shows some. */
    private static final double FRAUD_BOOST = 10;

    private final Population population;
    private final long seed;
    private final Dice dice;
    private final PurchaseFactory factory;

    public LiveTraffic(Population population, long seed) {
        this.population = population;
        this.seed = seed;
        this.dice = new Dice(new SplittableRandom(seed + 1));
        this.factory = new PurchaseFactory(dice, "q-" + Long.toString(seed & 0xffffffffL, 36) + "-");
    }

    /** Purchases of the hours before {@code nowMs} in the order of time; every customer has made at least one. */
    public List<Purchase> history(long nowMs) {
        long startMs = nowMs - HISTORY_MS;
        double naturalMean = population.perSecond()
                * (HISTORY_MS / 1000.0)
                / population.customers().size();
        PurchaseStream stream = new PurchaseStream(population, seed + 2, startMs, HISTORY_MEAN / naturalMean, 0);
        List<Purchase> history = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        // Not up to now: nobody begins the demo in the middle of a burst.
        while (stream.peekTs() < nowMs - 10 * 60_000) {
            Purchase purchase = stream.next();
            history.add(purchase);
            if (purchase.status().equals("OK")) {
                seen.add(purchase.customerId());
            }
        }
        for (Customer customer : population.customers()) {
            while (seen.add(customer.id())) {
                Purchase purchase = factory.normal(customer, startMs + (long) (dice.uniform() * 18 * HOUR_MS));
                history.add(purchase);
                if (!purchase.status().equals("OK")) {
                    seen.remove(customer.id());
                }
            }
        }
        history.sort(Comparator.comparingLong(Purchase::ts));
        return history;
    }

    /** Purchases from {@code nowMs} on, so many a second. */
    public PurchaseStream live(long nowMs, double perSecond) {
        return new PurchaseStream(population, seed + 3, nowMs, perSecond / population.perSecond(), FRAUD_BOOST);
    }

    /** An honest purchase that somebody asks about and does not make. */
    public Purchase attempt(long nowMs) {
        List<Customer> customers = population.customers();
        return factory.normal(customers.get(dice.below(customers.size())), nowMs);
    }

    /** A customer of quiet habits, at whom a burst stands out. */
    public Customer quietCustomer() {
        return population.customers().stream()
                .filter(c -> c.perDay() < 15 && c.homeRisk() < 0.2 && c.accountAgeDays() > 400 && c.avg30dSpend() > 20)
                .skip(dice.below(50))
                .findFirst()
                .orElseGet(() -> population.customers().get(0));
    }

    /** An everyday purchase of this customer: at the usual amount, card in hand, at home. */
    public Purchase everyday(Customer customer, long nowMs) {
        Episode usual = new Episode(Purchase.Pattern.BURST, 1, 0, 1, false, 1);
        Purchase step = factory.step(customer, usual, 0, nowMs);
        return step.status().equals("OK") ? step : everyday(customer, nowMs);
    }
}
