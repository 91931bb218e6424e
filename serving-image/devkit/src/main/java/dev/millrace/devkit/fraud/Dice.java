package dev.millrace.devkit.fraud;

import java.util.SplittableRandom;

/** The distributions that the simulation draws from. */
final class Dice {
    private final SplittableRandom random;

    Dice(SplittableRandom random) {
        this.random = random;
    }

    double uniform() {
        return random.nextDouble();
    }

    int below(int bound) {
        return random.nextInt(bound);
    }

    int between(int low, int high) {
        return random.nextInt(low, high + 1);
    }

    boolean chance(double probability) {
        return random.nextDouble() < probability;
    }

    double exponential(double mean) {
        return -mean * Math.log(1 - random.nextDouble());
    }

    double logNormal(double median, double sigma) {
        return median * Math.exp(sigma * random.nextGaussian());
    }

    /** Evenly on a logarithmic scale. */
    double logUniform(double low, double high) {
        return low * Math.pow(high / low, random.nextDouble());
    }

    int poisson(double mean) {
        int n = -1;
        double sum = 0;
        while (sum < mean) {
            sum += exponential(1);
            n++;
        }
        return Math.max(0, n);
    }
}
