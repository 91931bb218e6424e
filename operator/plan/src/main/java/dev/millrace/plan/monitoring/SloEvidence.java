package dev.millrace.plan.monitoring;

import java.math.BigDecimal;

/** How many requests it takes before their share says anything about an objective: to alerts and to the status alike. */
public final class SloEvidence {
    /** So many events in an hour or fewer make a ratio that is noise; a rule of its own watches the little traffic. */
    public static final int MIN_EVENTS = 100;
    /** Small budgets: two bad of a hundred are twenty times a budget of 0.1 %, and yet only two. */
    public static final int MIN_BAD_EVENTS = 5;

    static final BigDecimal SMALL_BUDGET = new BigDecimal("0.01");

    private SloEvidence() {}

    /** Whether so many bad events are enough to speak of, under a budget. */
    public static boolean isEnough(long badEvents, BigDecimal budget) {
        return !isSmall(budget) || badEvents >= MIN_BAD_EVENTS;
    }

    static boolean isSmall(BigDecimal budget) {
        return budget.compareTo(SMALL_BUDGET) < 0;
    }
}
