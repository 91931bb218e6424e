package dev.millrace.devkit.shop;

import java.util.SplittableRandom;

/**
 * Something to buy.
 *
 * @param rating of other buyers, from 1 to 5; a noisy sign of the {@code appeal}, which nobody sees
 * @param popularity weight by which it is found, by Zipf's law
 */
public record Item(
        String id, int category, double price, double rating, boolean inStock, double appeal, double popularity) {
    public static final int CATEGORIES = 8;

    static Item of(long seed, int number) {
        SplittableRandom random = new SplittableRandom(seed * 1_000_003 + number);
        double appeal = random.nextGaussian();
        double rating = Math.max(1, Math.min(5, 3.5 + 0.5 * appeal + 0.4 * random.nextGaussian()));
        return new Item(
                "i-" + number,
                random.nextInt(CATEGORIES),
                Math.round(100 * 25 * Math.exp(0.8 * random.nextGaussian())) / 100.0,
                Math.round(10 * rating) / 10.0,
                random.nextDouble() < 0.88,
                appeal,
                1 / Math.pow(1 + random.nextInt(Shop.ITEMS), 0.7));
    }
}
