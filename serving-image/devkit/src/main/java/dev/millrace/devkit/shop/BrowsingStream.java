package dev.millrace.devkit.shop;

import dev.millrace.devkit.shop.Browsing.Kind;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.SplittableRandom;

/** Events in the order of their time, without end; equal seeds and times give equal events. */
public final class BrowsingStream implements Iterator<Browsing> {
    private final Shop shop;
    private final SplittableRandom random;
    private final double meanMs;
    private final String prefix;
    private final Deque<Browsing> due = new ArrayDeque<>();
    private double clock;
    private long sequence;

    /** @param perSecond visits; about one in five views is followed by a cart, and half of those by a purchase */
    public BrowsingStream(Shop shop, long seed, long startMs, double perSecond) {
        this.shop = shop;
        this.random = new SplittableRandom(seed);
        this.meanMs = 1_000 / perSecond;
        this.prefix = "e-" + Long.toString(seed & 0xffff, 36) + "-" + Long.toString(startMs / 1000, 36) + "-";
        this.clock = startMs;
    }

    @Override
    public boolean hasNext() {
        return true;
    }

    /** When the next event happens. */
    public long peekTs() {
        if (due.isEmpty()) {
            visit();
        }
        return due.getFirst().ts();
    }

    @Override
    public Browsing next() {
        peekTs();
        return due.removeFirst();
    }

    private void visit() {
        clock += -meanMs * Math.log(1 - random.nextDouble());
        long ts = (long) clock;
        Shopper shopper = shop.visitor(random);
        Item item = shop.item(shopper, ts, random);
        due.add(event(shopper, item, Kind.VIEW, ts));
        double likes = 1 / (1 + Math.exp(-shopper.interest(item, ts)));
        if (item.inStock() && random.nextDouble() < 0.5 * likes) {
            due.add(event(shopper, item, Kind.CART, ts));
            if (random.nextDouble() < 0.5) {
                due.add(event(shopper, item, Kind.PURCHASE, ts));
            }
        }
    }

    /** An event that somebody else decides on. */
    public Browsing event(Shopper shopper, Item item, Kind kind, long ts) {
        return new Browsing(prefix + sequence++, shopper, item, kind, ts);
    }
}
