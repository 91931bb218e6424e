package dev.millrace.devkit.fraud;

import dev.millrace.devkit.fraud.Purchase.Pattern;

/** Makes single purchases and the steps of fraud episodes; knows no time but the one it is given. */
final class PurchaseFactory {
    private static final int MERCHANTS = 3_000;
    private static final int MULES = 20;
    private static final int[] CATEGORIES = {5411, 5812, 5814, 4111, 5541, 5912, 5311, 5732, 7832, 5999};

    private final Dice dice;
    private final String idPrefix;
    private long next;

    PurchaseFactory(Dice dice, String idPrefix) {
        this.dice = dice;
        this.idPrefix = idPrefix;
    }

    Purchase normal(Customer c, long ts) {
        boolean favourite = dice.chance(0.7);
        int merchant = favourite ? (c.id().hashCode() & 0xffffff) + dice.below(c.favourites()) : dice.below(MERCHANTS);
        boolean foreign = dice.chance(0.03);
        return purchase(
                c,
                "m-" + (merchant % MERCHANTS),
                dice.logNormal(c.avg30dSpend() * 0.85, 0.6),
                foreign,
                dice.chance(c.cardPresentShare()),
                ts,
                Pattern.NORMAL);
    }

    /** Step {@code step} of an episode; its first steps look like anything else, as they do in life. */
    Purchase step(Customer c, Episode episode, int step, long ts) {
        String anyMerchant = "m-" + dice.below(MERCHANTS);
        return switch (episode.pattern()) {
            case BURST ->
                purchase(
                        c,
                        anyMerchant,
                        dice.logNormal(c.avg30dSpend() * episode.scale(), 0.6),
                        episode.abroad(),
                        dice.chance(episode.cardPresentShare()),
                        ts,
                        Pattern.BURST);
            case CARD_TESTING ->
                step < episode.steps() - 2
                        ? purchase(c, anyMerchant, 0.5 + 2 * dice.uniform(), false, false, ts, Pattern.CARD_TESTING)
                        : purchase(
                                c,
                                anyMerchant,
                                dice.logUniform(200, 1500),
                                dice.chance(0.3),
                                false,
                                ts,
                                Pattern.CARD_TESTING);
            case FOREIGN ->
                purchase(
                        c,
                        anyMerchant,
                        dice.logNormal(c.avg30dSpend() * 3, 0.5),
                        true,
                        dice.chance(0.5),
                        ts,
                        Pattern.FOREIGN);
            case MULE ->
                purchase(
                        c,
                        "mule-" + dice.below(MULES),
                        dice.logUniform(150, 2500),
                        dice.chance(0.2),
                        false,
                        ts,
                        Pattern.MULE);
            case NORMAL -> normal(c, ts);
        };
    }

    private Purchase purchase(
            Customer c, String merchant, double amount, boolean foreign, boolean cardPresent, long ts, Pattern truth) {
        return new Purchase(
                idPrefix + next++,
                c.id(),
                merchant,
                CATEGORIES[(merchant.hashCode() & 0x7fffffff) % CATEGORIES.length],
                Customer.cents(amount),
                foreign ? c.elsewhere(dice) : c.country(),
                foreign,
                cardPresent,
                dice.chance(0.02) ? "DECLINED" : "OK",
                ts,
                truth);
    }
}
