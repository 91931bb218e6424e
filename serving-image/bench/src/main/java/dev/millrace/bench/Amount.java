package dev.millrace.bench;

import dev.millrace.contract.feature.EventColumns;

/** An event of one number, whichever column is asked for. */
record Amount(double number) implements EventColumns {
    @Override
    public double number(int column) {
        return number;
    }

    @Override
    public long hash(int column) {
        return 7;
    }

    @Override
    public boolean isNull(int column) {
        return false;
    }
}
