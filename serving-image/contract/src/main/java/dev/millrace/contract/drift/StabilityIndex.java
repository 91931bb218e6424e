package dev.millrace.contract.drift;

import dev.millrace.contract.config.ServingConfig.DriftReference;
import java.util.Collection;
import java.util.List;

/**
 * Population stability index of one feature against its reference, with what chance alone would show. The alert computes
 * the same in PromQL from the same constants.
 *
 * @param psi sum over the bins of {@code (q - p) ln(q / p)}, {@code q} the live share and {@code p} the reference's
 * @param noise 99.9 % quantile of the index where nothing has drifted: then it is chi-squared with B-1 degrees of
 *     freedom, times 1/n + 1/n_ref (Yurdakul and Naranjo)
 * @param values how many values were counted
 */
public record StabilityIndex(double psi, double noise, long values) {
    /** So many values or fewer say nothing about a distribution. */
    public static final int MIN_VALUES = 1_000;

    /** A bin that the reference never saw would make the index infinite. */
    public static final double RATIO_FLOOR = 0.0001;
    /** Added to every bin (Laplace): an empty one would make the index infinite as well. */
    public static final double SMOOTHING = 0.5;
    /** Quantile of the standard normal at 99.9 %. */
    public static final double Z = 3.09;

    /**
     * @param counts one for each of the reference's ratios, in its order
     * @throws IllegalArgumentException when there are more or fewer
     */
    public static StabilityIndex of(DriftReference reference, long[] counts) {
        List<Double> ratios = reference.ratios();
        if (counts.length != ratios.size()) {
            throw new IllegalArgumentException(counts.length + " counts for " + ratios.size() + " bins");
        }
        long values = 0;
        for (long count : counts) {
            values += count;
        }
        double psi = 0;
        for (int b = 0; b < counts.length; b++) {
            double live = (counts[b] + SMOOTHING) / (values + SMOOTHING * counts.length);
            double expected = Math.max(ratios.get(b), RATIO_FLOOR);
            psi += (live - expected) * Math.log(live / expected);
        }
        return new StabilityIndex(psi, noise(counts.length, values, reference.samples()), values);
    }

    /** Counts of several servers as one that had seen all; all must have as many bins. */
    public static long[] pool(Collection<? extends List<Long>> servers) {
        long[] sum = new long[servers.isEmpty() ? 0 : servers.iterator().next().size()];
        for (List<Long> counts : servers) {
            if (counts.size() != sum.length) {
                throw new IllegalArgumentException(
                        "servers count in " + sum.length + " and " + counts.size() + " bins");
            }
            for (int b = 0; b < sum.length; b++) {
                sum[b] += counts.get(b);
            }
        }
        return sum;
    }

    /** Above the threshold, above chance, and from enough values: what the alert fires at. */
    public boolean isDrift(double threshold) {
        return values > MIN_VALUES && psi > Math.max(threshold, noise);
    }

    /** Chi-squared's quantile by Wilson and Hilferty. */
    private static double noise(int bins, long values, long samples) {
        double freedom = Math.max(1, bins - 1);
        double part = 2 / (9 * freedom);
        return freedom
                * Math.pow(1 - part + Z * Math.sqrt(part), 3)
                * (1.0 / Math.max(1, values) + 1.0 / Math.max(1, samples));
    }
}
