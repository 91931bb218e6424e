package dev.millrace.devkit.generator;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The highest rate that meets the objective: doubled until one does not, then halved in between. A rate has failed when it did
 * twice, so that one hiccup of the machine does not decide.
 */
final class RateSearch {
    /** Distance of the answer from the truth, as a share. */
    private static final double EXACT = 0.05;

    private static final int STEPS = 24;

    private final Probe probe;
    private final List<Step> steps = new ArrayList<>();

    interface Probe {
        Figures at(double perSecond) throws InterruptedException;
    }

    /** One rate and what its probes said. */
    record Step(double perSecond, boolean met) {}

    /**
     * @param best figures of the highest rate that met it; null when not even the first did
     * @param steps in the order they were tried
     */
    record Found(@Nullable Double perSecond, @Nullable Figures best, List<Step> steps) {}

    RateSearch(Probe probe) {
        this.probe = probe;
    }

    Found from(double first) throws InterruptedException {
        Double met = null;
        Figures best = null;
        Double failed = null;
        double rate = first;
        for (int i = 0; i < STEPS; i++) {
            Figures figures = meets(rate);
            steps.add(new Step(rate, figures != null));
            if (figures != null) {
                met = rate;
                best = figures;
            } else {
                failed = rate;
            }
            if (failed == null) {
                rate *= 2;
            } else if (met == null) {
                rate /= 2;
                if (rate < 1) {
                    break;
                }
            } else if (failed / met <= 1 + EXACT) {
                break;
            } else {
                rate = Math.sqrt(met * failed);
            }
        }
        return new Found(met, best, List.copyOf(steps));
    }

    /** Null when two probes do not. */
    private @Nullable Figures meets(double rate) throws InterruptedException {
        int misses = 0;
        while (misses < 2) {
            Figures figures = probe.at(rate);
            if (figures.meetsSlo()) {
                return figures;
            }
            misses++;
        }
        return null;
    }
}
