package dev.millrace.aggregator;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What the store must hold: plain sums over everything that was sent, all of it within the window. */
final class Oracle {
    /** Features of one customer, in the order of {@link Purchases#group}. */
    static final class Sums {
        private long count;
        private double sum;
        private double max;
        private final Set<String> merchants = new HashSet<>();

        double[] vector() {
            return new double[] {count, sum, max, merchants.size()};
        }
    }

    private final Map<String, Sums> byCustomer = new TreeMap<>();

    void add(String customer, String merchant, double amount) {
        Sums sums = byCustomer.computeIfAbsent(customer, c -> new Sums());
        sums.count++;
        sums.sum += amount;
        sums.max = Math.max(sums.max, amount);
        sums.merchants.add(merchant);
    }

    Map<String, Sums> customers() {
        return byCustomer;
    }
}
