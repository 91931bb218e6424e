package dev.millrace.devkit.fraud;

import java.util.SplittableRandom;

/**
 * A card holder. The first four numbers are the pre-computed profile; the others drive the simulation and are no feature.
 *
 * @param avg30dSpend mean amount of a purchase over the last 30 days
 * @param homeRisk share of fraud where the customer lives, scaled to 0..1
 * @param perDay purchases a day
 * @param fraudsPerDay fraud episodes a day
 * @param favourites size of the set of merchants that the customer goes back to
 */
public record Customer(
        String id,
        double avg30dSpend,
        int accountAgeDays,
        int chargebacks1y,
        double homeRisk,
        String country,
        double perDay,
        double fraudsPerDay,
        int favourites,
        double cardPresentShare) {
    private static final String[] COUNTRIES = {"DE", "FR", "IT", "ES", "PL", "NL", "SE", "PT", "RO", "GR"};

    /** Customer number {@code index} of the world {@code seed}; the same always. */
    static Customer of(long seed, int index) {
        Dice dice = new Dice(new SplittableRandom(seed * 0x9E3779B97F4A7C15L + index));
        double risk = Math.pow(dice.uniform(), 2);
        double mean = dice.logNormal(26, 0.6);
        return new Customer(
                "c-" + index,
                cents(mean),
                30 + (int) dice.exponential(900),
                dice.poisson(0.03 + 0.25 * risk),
                Math.round(risk * 1000) / 1000.0,
                COUNTRIES[dice.below(COUNTRIES.length)],
                Math.min(480, dice.logNormal(20, 1.1)),
                0.02 + 0.1 * risk,
                4 + dice.below(20),
                0.55 + 0.4 * dice.uniform());
    }

    static double cents(double amount) {
        return Math.max(0.01, Math.round(amount * 100) / 100.0);
    }

    /** Another country than the customer's. */
    String elsewhere(Dice dice) {
        String other = COUNTRIES[dice.below(COUNTRIES.length)];
        return other.equals(country) ? "US" : other;
    }
}
