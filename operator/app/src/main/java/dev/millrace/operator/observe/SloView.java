package dev.millrace.operator.observe;

import dev.millrace.contract.capacity.Percentile;
import dev.millrace.contract.status.ServerStatus.Events;
import dev.millrace.contract.status.ServerStatus.Sli;
import dev.millrace.plan.monitoring.SloEvidence;
import java.math.BigDecimal;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How one objective does, over all servers of the model: their counts added up and made coarse. Two answers, each for one
 * side, so that a share near the budget does not flap.
 *
 * @param slo {@code latency} or {@code availability}
 * @param objective as the spec wrote it when the servers began
 * @param thresholdMs of the latency; null for the availability
 * @param volume of the last hour
 * @param missed one that was met is missed now: the last hour and the last minutes both spend more than the budget
 * @param met one that was missed is met again: the last hour spends half of the budget at most, or the last minutes do
 *     and are enough to say so
 * @param times the budget that the last hour spent, at least; of few steps
 */
public record SloView(
        String slo,
        String objective,
        @Nullable Double thresholdMs,
        Volume volume,
        boolean missed,
        boolean met,
        double times) {

    /** Below this share of the budget a missed objective counts as met again. */
    private static final double CLEAR = 0.5;
    /** The last minutes speak for themselves when the budget alone would have allowed so many bad ones in them. */
    private static final double EXPECTED_BAD = 5;

    private static final double[] STEPS = {CLEAR, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000};

    /** One for each objective that a server tells of; those of another spec are told apart. */
    static List<SloView> of(Collection<Sli> servers) {
        TreeMap<Sli, Sli> pooled = new TreeMap<>(Comparator.comparing(Sli::slo)
                .thenComparing(Sli::objective)
                .thenComparing(Sli::thresholdMs, Comparator.nullsFirst(Comparator.naturalOrder())));
        servers.stream().filter(SloView::isSound).forEach(sli -> pooled.merge(sli, sli, SloView::add));
        return pooled.values().stream().map(SloView::of).toList();
    }

    private static SloView of(Sli sli) {
        BigDecimal budget = new Percentile(sli.objective()).budget();
        Events hour = sli.lastHour();
        Events minutes = sli.lastFiveMinutes();
        double spent = spent(hour, budget);
        double spentLately = spent(minutes, budget);
        boolean calm = spent <= CLEAR;
        boolean calmLately = spentLately <= CLEAR && minutes.total() * budget.doubleValue() >= EXPECTED_BAD;
        boolean over = spent > 1 && SloEvidence.isEnough(hour.bad(), budget);
        return new SloView(
                sli.slo(),
                sli.objective(),
                sli.thresholdMs(),
                Volume.of(hour.total(), SloEvidence.MIN_EVENTS),
                over && spentLately > 1,
                calm || calmLately,
                calm || calmLately ? 0 : step(spent));
    }

    /** Share of bad events as a multiple of the share that may be bad. */
    private static double spent(Events events, BigDecimal budget) {
        return events.total() == 0 ? 0 : (double) events.bad() / events.total() / budget.doubleValue();
    }

    /** The highest step below. */
    private static double step(double spent) {
        double below = 0;
        for (double step : STEPS) {
            below = step < spent ? step : below;
        }
        return below;
    }

    /** The step before a step; the first one is its own. */
    public static double stepBelow(double times) {
        return times <= CLEAR ? CLEAR : Math.max(CLEAR, step(times));
    }

    private static Sli add(Sli a, Sli b) {
        Function<Function<Sli, Events>, Events> sum = part -> new Events(
                part.apply(a).good() + part.apply(b).good(),
                part.apply(a).total() + part.apply(b).total());
        return new Sli(
                a.slo(), a.objective(), a.thresholdMs(), sum.apply(Sli::lastFiveMinutes), sum.apply(Sli::lastHour));
    }

    /** What a pod says must not end the look at the others. */
    private static boolean isSound(Sli sli) {
        try {
            return new Percentile(sli.objective()).budgetShare() > 0;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
