package dev.millrace.devkit.shop;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;

/** Picks from a list by weight. */
final class Draw<T> {
    private final List<T> all;
    private final double[] upTo;

    Draw(List<T> all, ToDoubleFunction<T> weight) {
        this.all = all;
        this.upTo = new double[all.size()];
        double sum = 0;
        for (int i = 0; i < upTo.length; i++) {
            sum += weight.applyAsDouble(all.get(i));
            upTo[i] = sum;
        }
    }

    T next(SplittableRandom random) {
        int at = Arrays.binarySearch(upTo, random.nextDouble() * upTo[upTo.length - 1]);
        return all.get(Math.min(all.size() - 1, at < 0 ? -at - 1 : at + 1));
    }
}
