package dev.millrace.devkit.fraud;

import dev.millrace.devkit.fraud.Purchase.Pattern;

/**
 * A run of purchases with one cause.
 *
 * @param steps how many purchases
 * @param gapMs mean time between them
 * @param scale amount against the customer's mean
 */
record Episode(Pattern pattern, int steps, double gapMs, double scale, boolean abroad, double cardPresentShare) {

    static Episode fraud(Dice dice) {
        double kind = dice.uniform();
        if (kind < 0.35) {
            return burst(dice);
        }
        if (kind < 0.55) {
            return new Episode(Pattern.CARD_TESTING, dice.between(7, 16), dice.logUniform(500, 15_000), 1, false, 0);
        }
        if (kind < 0.80) {
            return new Episode(Pattern.FOREIGN, dice.between(2, 6), dice.logUniform(60_000, 900_000), 3, true, 0.5);
        }
        return new Episode(Pattern.MULE, dice.between(1, 4), dice.logUniform(120_000, 1_800_000), 1, false, 0);
    }

    static Episode burst(Dice dice) {
        return new Episode(
                Pattern.BURST,
                dice.between(8, 30),
                dice.logUniform(50, 20_000),
                dice.logUniform(0.5, 3),
                dice.chance(0.25),
                dice.uniform());
    }

    /** Honest people too buy several things in a row: the reason why a count alone is no proof. */
    static Episode spree(Dice dice, Customer c) {
        return new Episode(
                Pattern.NORMAL, dice.between(1, 4), dice.logUniform(30_000, 600_000), 1, false, c.cardPresentShare());
    }
}
