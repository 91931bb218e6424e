package dev.millrace.devkit.generator;

import java.util.SplittableRandom;

/** When calls are due, in ns from the start, ascending without end. */
interface Arrivals {
    long nextNs();

    /** One every {@code 1/perSecond}. */
    static Arrivals constant(double perSecond) {
        long[] count = {0};
        return () -> (long) (++count[0] * 1e9 / perSecond);
    }

    /** Independent callers. */
    static Arrivals poisson(double perSecond, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        double[] at = {0};
        return () -> {
            at[0] += exponential(random) * 1e9 / perSecond;
            return (long) at[0];
        };
    }

    /**
     * Poisson at {@code factor × perSecond} for {@code 1/(factor+1)} of every period, at {@code perSecond/factor} for the
     * rest: {@code perSecond} in the mean.
     */
    static Arrivals bursty(double perSecond, double factor, long periodNs, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        double onNs = periodNs / (factor + 1);
        double[] at = {0};
        return () -> {
            // the amount of calls to pass until the next one, spent at the rate of each part of the period
            double left = exponential(random);
            while (true) {
                double inPeriod = at[0] % periodNs;
                boolean on = inPeriod < onNs;
                double perNs = perSecond * (on ? factor : 1 / factor) / 1e9;
                double untilSwitch = (on ? onNs : periodNs) - inPeriod;
                if (left <= untilSwitch * perNs) {
                    at[0] += left / perNs;
                    return (long) at[0];
                }
                left -= untilSwitch * perNs;
                // a rounded sum must not stay before the switch for ever
                at[0] = Math.max(at[0] + untilSwitch, Math.nextUp(at[0]));
            }
        };
    }

    private static double exponential(SplittableRandom random) {
        return -Math.log(1 - random.nextDouble());
    }
}
