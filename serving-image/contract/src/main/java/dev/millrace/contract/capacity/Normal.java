package dev.millrace.contract.capacity;

/** The standard normal distribution, exact enough far in the tail. */
final class Normal {
    /** Beyond it nothing is left in a double's precision of the tails that an SLO asks for. */
    static final double EDGE = 9;

    private Normal() {}

    static double density(double z) {
        return Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI);
    }

    /** {@code P(Z > z)}, to about 15 digits up to 7 and 8 beyond (Hart's algorithm 5666 in the form of G. West, 2005). */
    static double upperTail(double z) {
        double x = Math.abs(z);
        double tail;
        if (x > 37) {
            tail = 0;
        } else if (x < 7.07106781186547) {
            double top = polynomial(
                    x,
                    0.0352624965998911,
                    0.700383064443688,
                    6.37396220353165,
                    33.912866078383,
                    112.079291497871,
                    221.213596169931,
                    220.206867912376);
            double bottom = polynomial(
                    x,
                    0.0883883476483184,
                    1.75566716318264,
                    16.064177579207,
                    86.7807322029461,
                    296.564248779674,
                    637.333633378831,
                    793.826512519948,
                    440.413735824752);
            tail = Math.exp(-x * x / 2) * top / bottom;
        } else {
            double fraction = x + 0.65;
            for (int k = 4; k >= 1; k--) {
                fraction = x + k / fraction;
            }
            tail = Math.exp(-x * x / 2) / fraction / 2.506628274631;
        }
        return z >= 0 ? tail : 1 - tail;
    }

    /** The {@code z} with {@code P(Z > z) = tail}. By bisection: it agrees with {@link #upperTail} to the last digit. */
    static double quantileOfTail(double tail) {
        double low = -EDGE;
        double high = EDGE;
        for (int i = 0; i < 80; i++) {
            double middle = (low + high) / 2;
            if (upperTail(middle) > tail) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return (low + high) / 2;
    }

    private static double polynomial(double x, double... coefficients) {
        double sum = 0;
        for (double coefficient : coefficients) {
            sum = sum * x + coefficient;
        }
        return sum;
    }
}
