package dev.millrace.contract.capacity;

import java.util.Locale;

/** The model's inputs and results as one line for a person: an HPA's annotation, {@code status.plan.reason}. */
final class Reasons {
    private Reasons() {}

    static String unbatched(CapacityInputs in, double capacityRps, double targetRps, double inFlight) {
        return slo(in.percentile(), in.sloMs())
                + measured(in)
                + " -> "
                + Math.round(capacityRps)
                + " rps/replica at the SLO; "
                + target(in.burstFactor(), targetRps, inFlight);
    }

    static String infeasible(CapacityInputs in, double slowMs) {
        return slo(in.percentile(), in.sloMs())
                + measured(in)
                + String.format(
                        Locale.ROOT,
                        " -> not feasible at any load: o + p%s of S = %sms + %.1fms, the deadline is %sms less %s %%;"
                                + " a faster model or a higher threshold helps, replicas do not",
                        in.percentile().text(),
                        plain(in.overheadMs()),
                        slowMs,
                        plain(in.sloMs()),
                        plain(100 * in.margin()));
    }

    static String batched(
            BatchedCapacityInputs in,
            int maxBatch,
            double capacityRps,
            double targetRps,
            double rows,
            double inFlight) {
        return slo(in.percentile(), in.sloMs())
                + measured(in)
                + String.format(
                        Locale.ROOT,
                        " -> batches up to %d, %d rps/replica at the SLO; ",
                        maxBatch,
                        Math.round(capacityRps))
                + target(in.burstFactor(), targetRps, inFlight)
                + String.format(Locale.ROOT, ", batches of about %.1f", rows);
    }

    static String infeasible(BatchedCapacityInputs in) {
        return slo(in.percentile(), in.sloMs())
                + measured(in)
                + String.format(
                        Locale.ROOT,
                        " -> not feasible at any load: two batches of one row and the overhead take %sms, the deadline is"
                                + " %sms less %s %%; a faster model or a higher threshold helps, replicas do not",
                        plain(2 * in.line().ms(1) + in.overheadMs()),
                        plain(in.sloMs()),
                        plain(100 * in.margin()));
    }

    private static String slo(Percentile percentile, double sloMs) {
        return "p" + percentile.text() + "<=" + plain(sloMs) + "ms: ";
    }

    private static String measured(CapacityInputs in) {
        return String.format(
                Locale.ROOT,
                "S=%sms cv=%.2f c=%d o=%sms",
                serviceTime(in.serviceMs()),
                in.cv(),
                in.instances(),
                plain(in.overheadMs()));
    }

    private static String measured(BatchedCapacityInputs in) {
        return String.format(
                Locale.ROOT,
                "S(n)=%s+%s*n ms o=%sms",
                plain(in.line().alphaMs()),
                plain(in.line().betaMs()),
                plain(in.overheadMs()));
    }

    private static String target(double burstFactor, double targetRps, double inFlight) {
        return String.format(
                Locale.ROOT,
                "/burstFactor %s -> %d rps = %s in flight",
                plain(burstFactor),
                Math.round(targetRps),
                String.format(Locale.ROOT, inFlight < 10 ? "%.2f" : "%.1f", inFlight));
    }

    /** One decimal from a millisecond up, three below: a tree model takes microseconds. */
    private static String serviceTime(double ms) {
        return String.format(Locale.ROOT, ms < 1 ? "%.3f" : "%.1f", ms);
    }

    /** At most two decimals, three below one, without trailing zeros. */
    private static String plain(double value) {
        String text = String.format(Locale.ROOT, Math.abs(value) < 1 ? "%.3f" : "%.2f", value);
        return text.contains(".") ? text.replaceAll("0+$", "").replaceAll("\\.$", "") : text;
    }
}
