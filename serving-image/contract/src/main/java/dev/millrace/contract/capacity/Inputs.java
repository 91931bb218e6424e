package dev.millrace.contract.capacity;

/** Checks that name the input. */
final class Inputs {
    private Inputs() {}

    static void positive(String name, double value) {
        check(value > 0 && Double.isFinite(value), name, "above 0", value);
    }

    static void notNegative(String name, double value) {
        check(value >= 0 && Double.isFinite(value), name, "0 or more", value);
    }

    static void atLeastOne(String name, double value) {
        check(value >= 1 && Double.isFinite(value), name, "1 or more", value);
    }

    static void share(String name, double value) {
        check(value >= 0 && value < 1, name, "0 or more and below 1", value);
    }

    private static void check(boolean holds, String name, String bound, double value) {
        if (!holds) {
            throw new IllegalArgumentException(name + " must be " + bound + ", not " + value);
        }
    }
}
