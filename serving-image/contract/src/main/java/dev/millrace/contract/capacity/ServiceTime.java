package dev.millrace.contract.capacity;

/**
 * Time of one model execution, lognormal with the given mean and coefficient of variation (0 = always the mean).
 *
 * <p>Sums over it resolve the tail whatever the percentile: what lies beyond the deadline is taken exactly from the normal
 * distribution, and only the smooth rest is summed. Equally likely sample points would need 20/(1-p) of them; 200 points
 * promise a load at p99.9 where none is feasible.
 */
final class ServiceTime {
    private static final int INTERVALS = 2_000;

    private final double mean;
    private final double sigma;
    private final double mu;

    ServiceTime(double mean, double cv) {
        this.mean = mean;
        this.sigma = Math.sqrt(Math.log1p(cv * cv));
        this.mu = Math.log(mean) - sigma * sigma / 2;
    }

    /** The time that a share {@code tail} of executions exceeds. */
    double quantileOfTail(double tail) {
        return sigma == 0 ? mean : Math.exp(mu + sigma * Normal.quantileOfTail(tail));
    }

    /**
     * {@code P(service + wait > deadline)} where {@code P(wait > t) = waits * exp(-t / tau)}: the terms that do not depend
     * on the load are computed once.
     */
    LateShare against(double deadline) {
        if (deadline <= 0) {
            return (waits, tau) -> 1;
        }
        if (sigma == 0) {
            return (waits, tau) -> mean > deadline ? 1 : waits * Math.exp(-(deadline - mean) / tau);
        }
        double edge = (Math.log(deadline) - mu) / sigma;
        double surelyLate = Normal.upperTail(edge);
        double low = -Normal.EDGE;
        double high = Math.min(edge, Normal.EDGE);
        if (high <= low) {
            return (waits, tau) -> surelyLate;
        }
        double step = (high - low) / INTERVALS;
        double[] slack = new double[INTERVALS + 1];
        double[] weight = new double[INTERVALS + 1];
        for (int i = 0; i <= INTERVALS; i++) {
            double z = low + i * step;
            slack[i] = Math.max(0, deadline - Math.exp(mu + sigma * z));
            // Simpson's rule
            double simpson = i == 0 || i == INTERVALS ? 1 : i % 2 == 1 ? 4 : 2;
            weight[i] = simpson * step / 3 * Normal.density(z);
        }
        return (waits, tau) -> {
            double sum = 0;
            for (int i = 0; i < slack.length; i++) {
                sum += weight[i] * Math.exp(-slack[i] / tau);
            }
            return surelyLate + waits * sum;
        };
    }

    /** Share of requests that are late. */
    interface LateShare {
        /**
         * @param waits probability that a request waits at all
         * @param tau mean wait of those that wait, same unit as the service time
         */
        double of(double waits, double tau);
    }
}
