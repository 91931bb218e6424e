package dev.millrace.operator.observe;

/** Whether there are enough events to say anything. Two bounds, so that a number near one of them does not flap. */
public enum Volume {
    None,
    /** At most half of what it takes. */
    Few,
    /** Enough for who knew already. */
    Some,
    Enough;

    /** @param minimum so many events are not enough yet */
    static Volume of(long events, long minimum) {
        if (events > minimum) {
            return Enough;
        }
        return events > minimum / 2 ? Some : events > 0 ? Few : None;
    }

    /** @param knew whether it was known before */
    public boolean isKnown(boolean knew) {
        return this == Enough || (this == Some && knew);
    }
}
