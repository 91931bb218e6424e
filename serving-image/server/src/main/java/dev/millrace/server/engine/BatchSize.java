package dev.millrace.server.engine;

/** How many rows a batch takes. Without a clock; the scheduler calls it under its lock. */
final class BatchSize {
    /** A change of size for less would be one for the noise of a measurement. */
    private static final double WORTH_IT = 1.1;
    /** The budget follows what callers ask for within some hundred jobs. */
    private static final double BUDGET_STEP = 1 / 64.0;

    private final int instances;
    private final ServiceTimes times;
    private final int preferredRows;
    private double budgetNanos;

    /** @param preferredRows beyond them S(n)/n gains nothing */
    BatchSize(SchedulerLimits limits, ServiceTimes times, int preferredRows) {
        this.instances = limits.instances();
        this.times = times;
        this.preferredRows = Math.max(1, Math.min(preferredRows, limits.maxBatchRows()));
    }

    /** A caller gives so much time. */
    void given(long nanos) {
        budgetNanos = budgetNanos == 0 ? nanos : budgetNanos + BUDGET_STEP * (nanos - budgetNanos);
    }

    /**
     * As many as pay, unless callers give too little time for that; then of the smaller sizes the one that answers most of
     * them per second. A smaller one must be worth it: it takes capacity away.
     */
    int rows() {
        int rows = preferredRows;
        for (int smaller = rows; smaller > 1 && inTime(rows) < 1; ) {
            smaller = Integer.highestOneBit(smaller - 1);
            double most = answeredPerNano(rows);
            if (answeredPerNano(smaller) > (most > 0 ? WORTH_IT * most : most)) {
                rows = smaller;
            }
        }
        return rows;
    }

    /**
     * Share of full batches that could be filled with those who still make it, of a load that batches of so many just serve:
     * they came while {@code budget - S(n)} passed, and a batch begins every S(n) of each instance. Negative: nobody makes it.
     */
    private double inTime(int rows) {
        long run = times.typical(rows);
        return run <= 0 || budgetNanos <= 0 ? 1 : Math.min(1, instances * (budgetNanos - run) / run);
    }

    /** When nobody makes it, the less the longer they take. */
    private double answeredPerNano(int rows) {
        double share = inTime(rows);
        return share < 0 ? share : rows * share / Math.max(1, times.typical(rows));
    }
}
