package dev.millrace.devkit.fraud;

import java.util.Iterator;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * The purchases of a population in the order of their event time, without end. Equal seeds and times give equal
 * purchases.
 *
 * <p>Each customer buys as a Poisson process, sometimes several things in a row; fraud episodes start at random, more
 * often where the risk is high.
 */
public final class PurchaseStream implements Iterator<Purchase> {
    private static final double DAY_MS = 86_400_000;
    private static final double SPREE = 0.08;

    private final Population population;
    private final double pace;
    private final double fraudPace;
    private final Dice dice;
    private final PurchaseFactory factory;
    private final PriorityQueue<Due> due = new PriorityQueue<>();
    private long sequence;

    /**
     * @param startMs event time of the beginning
     * @param pace 1 = the customers' natural pace; fraud episodes follow it
     * @param fraudBoost multiplies the share of fraud episodes; 1 = natural
     */
    public PurchaseStream(Population population, long seed, long startMs, double pace, double fraudBoost) {
        this.population = population;
        this.pace = pace;
        this.fraudPace = pace * fraudBoost;
        this.dice = new Dice(new SplittableRandom(seed));
        this.factory = new PurchaseFactory(
                dice, "p-" + Long.toString(seed & 0xffff, 36) + "-" + Long.toString(startMs / 1000, 36) + "-");
        for (int i = 0; i < population.customers().size(); i++) {
            scheduleNormal(i, startMs);
            scheduleFraud(i, startMs);
        }
    }

    /** Something that happens to a customer: the next honest purchase, or a step of an episode. */
    private record Due(long ts, long sequence, int customer, Kind kind, @Nullable Episode episode, int step)
            implements Comparable<Due> {
        @Override
        public int compareTo(Due other) {
            int byTime = Long.compare(ts, other.ts);
            return byTime != 0 ? byTime : Long.compare(sequence, other.sequence);
        }
    }

    private enum Kind {
        NORMAL,
        FRAUD_BEGINS,
        STEP
    }

    private void scheduleNormal(int customer, long from) {
        double mean = DAY_MS / (population.customers().get(customer).perDay() * pace);
        schedule(from + (long) dice.exponential(mean), customer, Kind.NORMAL, null, 0);
    }

    private void scheduleFraud(int customer, long from) {
        if (fraudPace == 0) {
            return;
        }
        double mean = DAY_MS / (population.customers().get(customer).fraudsPerDay() * fraudPace);
        schedule(from + (long) dice.exponential(mean), customer, Kind.FRAUD_BEGINS, null, 0);
    }

    private void schedule(long ts, int customer, Kind kind, @Nullable Episode episode, int step) {
        due.add(new Due(ts, sequence++, customer, kind, episode, step));
    }

    @Override
    public boolean hasNext() {
        return true;
    }

    /** When the next purchase is due, at the earliest. */
    public long peekTs() {
        Due next = due.peek();
        return next == null ? Long.MAX_VALUE : next.ts();
    }

    @Override
    public Purchase next() {
        while (true) {
            Due now = due.remove();
            Customer customer = population.customers().get(now.customer());
            Episode episode = now.episode();
            if (now.kind() == Kind.NORMAL) {
                scheduleNormal(now.customer(), now.ts());
                if (dice.chance(SPREE)) {
                    begin(now.customer(), Episode.spree(dice, customer), now.ts());
                }
                return factory.normal(customer, now.ts());
            }
            if (now.kind() == Kind.FRAUD_BEGINS || episode == null) {
                scheduleFraud(now.customer(), now.ts());
                begin(now.customer(), Episode.fraud(dice), now.ts());
                continue;
            }
            if (now.step() + 1 < episode.steps()) {
                schedule(
                        now.ts() + 1 + (long) dice.exponential(episode.gapMs()),
                        now.customer(),
                        Kind.STEP,
                        episode,
                        now.step() + 1);
            }
            return factory.step(customer, episode, now.step(), now.ts());
        }
    }

    private void begin(int customer, Episode episode, long ts) {
        schedule(ts + 1 + (long) dice.exponential(episode.gapMs()), customer, Kind.STEP, episode, 0);
    }
}
