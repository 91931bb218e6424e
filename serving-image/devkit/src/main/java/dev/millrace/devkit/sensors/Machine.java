package dev.millrace.devkit.sensors;

import java.util.SplittableRandom;

/**
 * How one machine differs from others. What is normal for one is out of bounds for another, which is what fixed thresholds
 * suffer from.
 *
 * @param base of each sensor when the machine idles
 * @param perLoad what full load adds to it
 * @param noise standard deviation of each sensor
 * @param lagSeconds of each sensor behind the load
 * @param dayAmplitude °C between the mean and the warmest time of its hall
 * @param dayPhase when that is, as a share of the day
 */
record Machine(
        String id,
        double[] base,
        double[] perLoad,
        double[] noise,
        double[] lagSeconds,
        double dayAmplitude,
        double dayPhase) {

    static Machine of(long seed, int number) {
        SplittableRandom random = new SplittableRandom(seed * 1_000_003 + number);
        double[] base = {random.nextDouble(38, 58), random.nextDouble(3.5, 5.5), random.nextDouble(0.8, 1.8)};
        double[] perLoad = {random.nextDouble(12, 28), random.nextDouble(0.8, 2), random.nextDouble(1, 3)};
        double[] noise = {random.nextDouble(0.15, 0.3), random.nextDouble(0.015, 0.03), random.nextDouble(0.05, 0.1)};
        double[] lag = {random.nextDouble(120, 300), random.nextDouble(4, 10), 1};
        return new Machine("m-" + number, base, perLoad, noise, lag, random.nextDouble(2, 5), random.nextDouble());
    }
}
