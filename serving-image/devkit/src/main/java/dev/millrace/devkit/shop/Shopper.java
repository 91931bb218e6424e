package dev.millrace.devkit.shop;

import java.util.SplittableRandom;

/**
 * A user: lasting tastes, and something that they look for at the moment, which changes every few hours.
 *
 * @param tastes share of each category in the long run
 * @param logBudget logarithm of the price that suits
 * @param activity weight by which they visit, by Zipf's law
 */
public record Shopper(String id, int number, double[] tastes, double logBudget, double activity) {
    private static final long MOOD_MS = 2 * 3_600_000L;
    private static final double MOOD = 0.6;

    static Shopper of(long seed, int number) {
        SplittableRandom random = new SplittableRandom(seed * 2_000_003 + number);
        double[] tastes = new double[Item.CATEGORIES];
        double sum = 0;
        for (int c = 0; c < tastes.length; c++) {
            tastes[c] = Math.pow(-Math.log(1 - random.nextDouble()), 2);
            sum += tastes[c];
        }
        for (int c = 0; c < tastes.length; c++) {
            tastes[c] /= sum;
        }
        double logBudget = Math.log(25) + 0.5 * random.nextGaussian();
        return new Shopper("u-" + number, number, tastes, logBudget, 1 / Math.pow(1 + number, 0.6));
    }

    /** How much they care for a category at this time; over all categories the sum is 1. */
    double taste(int category, long ts) {
        return (1 - MOOD) * tastes[category] + (category == mood(ts) ? MOOD : 0);
    }

    private int mood(long ts) {
        long epoch = (ts + number * 977_537L) / MOOD_MS;
        return new SplittableRandom(number * 31L + epoch * 7_919).nextInt(Item.CATEGORIES);
    }

    /** Logarithm of the odds that they open an item which is shown to them. */
    double interest(Item item, long ts) {
        return Math.log(taste(item.category(), ts) * Item.CATEGORIES + 0.02)
                + 0.7 * item.appeal()
                - 0.8 * Math.abs(Math.log(item.price()) - logBudget)
                - 1.5;
    }
}
