package dev.millrace.plan.monitoring;

import dev.millrace.contract.capacity.Percentile;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * How fast a budget may burn over two windows before someone is told. The usual constants assume 99.9 %; here they are cut
 * to the objective: at 95 % a burn of 14.4 would need 72 % of bad events for 45 minutes.
 *
 * @param outage users see it now: an alert of its own
 * @param longWindow shows that it matters
 * @param shortWindow shows that it still goes on; ends the alert soon after the trouble ends
 * @param threshold share of bad events in both windows
 * @param hold how long it must last
 * @param page wakes someone up; else a ticket
 */
record BurnTier(
        boolean outage, Duration longWindow, Duration shortWindow, BigDecimal threshold, Duration hold, boolean page) {

    /** Of 30 days, after which a budget is new. */
    static final Duration BUDGET_PERIOD = Duration.ofDays(30);
    /** With little traffic: so many bad events in a day are worth a ticket if their share is too. */
    static final int LOW_TRAFFIC_BAD_EVENTS = 10;
    /** A window longer than this waits until the model has served that long: 20 minutes in a 6 h window page early. */
    static final Duration UNGATED_WINDOW = Duration.ofHours(1);

    /** Half of all events bad is an emergency under any objective. */
    private static final BigDecimal CEILING = new BigDecimal("0.5");

    private static final BigDecimal OUTAGE = new BigDecimal("20");
    private static final BigDecimal FAST = new BigDecimal("14.4");
    private static final BigDecimal SLOW = new BigDecimal("6");
    /** 10 % of the budget in a day. */
    static final BigDecimal TICKET = new BigDecimal("3");

    private static final BigDecimal LEAK = BigDecimal.ONE;

    /** Those that make sense for an objective, fastest first. */
    static List<BurnTier> of(Percentile objective) {
        BigDecimal budget = objective.budget();
        List<BurnTier> tiers = new ArrayList<>();
        tiers.add(new BurnTier(
                true, minutes(10), minutes(2), OUTAGE.multiply(budget).min(CEILING), minutes(1), true));
        add(tiers, budget, FAST, Duration.ofHours(1), minutes(5), minutes(2), true);
        add(tiers, budget, SLOW, Duration.ofHours(6), minutes(30), minutes(15), true);
        add(tiers, budget, TICKET, Duration.ofDays(1), Duration.ofHours(2), Duration.ofHours(1), false);
        add(tiers, budget, LEAK, Duration.ofDays(3), Duration.ofHours(6), Duration.ofHours(3), false);
        return tiers;
    }

    private static void add(
            List<BurnTier> tiers,
            BigDecimal budget,
            BigDecimal factor,
            Duration longWindow,
            Duration shortWindow,
            Duration hold,
            boolean page) {
        BigDecimal share = factor.multiply(budget);
        // no share of events exceeds 1, so the tier could never fire
        if (share.compareTo(BigDecimal.ONE) < 0) {
            tiers.add(new BurnTier(false, longWindow, shortWindow, share.min(CEILING), hold, page));
        }
    }

    private static Duration minutes(int minutes) {
        return Duration.ofMinutes(minutes);
    }

    boolean waitsForHistory() {
        return longWindow.compareTo(UNGATED_WINDOW) > 0;
    }
}
