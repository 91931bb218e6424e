package dev.millrace.devkit.fraud;

import java.io.IOException;
import java.io.Writer;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** All customers of one world. */
public final class Population {
    /** The seed of the sample: its profile, training set and demo belong together. */
    public static final long SAMPLE_SEED = 7;

    /** So many that their profile fits a ConfigMap (1 MiB), and kubectl's last-applied annotation (256 KiB) too. */
    public static final int SAMPLE_SIZE = 5_000;

    private final List<Customer> customers;
    private final double perSecond;

    private Population(List<Customer> customers) {
        this.customers = customers;
        this.perSecond = customers.stream().mapToDouble(Customer::perDay).sum() / 86_400;
    }

    public static Population of(long seed, int size) {
        return new Population(
                IntStream.range(0, size).mapToObj(i -> Customer.of(seed, i)).toList());
    }

    /** The sample's customers: {@code c-0} to {@code c-4999}. */
    public static Population sample() {
        return of(SAMPLE_SEED, SAMPLE_SIZE);
    }

    public List<Customer> customers() {
        return customers;
    }

    /** Purchases a second of everyone together, at their natural pace. */
    public double perSecond() {
        return perSecond;
    }

    /** The file of the group {@code profile}: a header and one line per customer. */
    public void writeProfile(Writer out) throws IOException {
        out.write("customer_id,avg_30d_spend,account_age_days,chargebacks_1y,home_risk\n");
        for (Customer c : customers) {
            out.write(String.format(
                    Locale.ROOT,
                    "%s,%.2f,%d,%d,%.3f\n",
                    c.id(),
                    c.avg30dSpend(),
                    c.accountAgeDays(),
                    c.chargebacks1y(),
                    c.homeRisk()));
        }
    }
}
