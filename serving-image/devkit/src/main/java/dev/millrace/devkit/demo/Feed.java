package dev.millrace.devkit.demo;

import dev.millrace.devkit.fraud.LiveTraffic;
import dev.millrace.devkit.fraud.Purchase;
import dev.millrace.devkit.fraud.PurchaseStream;
import dev.millrace.devkit.load.OpenLoop;
import dev.millrace.devkit.load.PredictCall;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;

/** Chooses what to ask about: a purchase that is due now, which is made once it is answered, or a mere attempt. */
final class Feed {
    /** One call in so many asks again about a fraud of the last minutes: somebody tries that card elsewhere. */
    private static final int AGAIN = 40;

    private static final int REMEMBERED = 16;

    private final String model;
    private final LiveTraffic traffic;
    private final Purchases purchases;
    private final PurchaseStream live;
    private final Deque<Purchase> frauds = new ArrayDeque<>();
    private long calls;

    Feed(String model, LiveTraffic traffic, Purchases purchases, PurchaseStream live) {
        this.model = model;
        this.traffic = traffic;
        this.purchases = purchases;
        this.live = live;
    }

    OpenLoop.Work next() {
        long now = System.currentTimeMillis();
        String id = "demo-" + calls++;
        if (live.peekTs() <= now) {
            Purchase due = live.next();
            if (due.pattern().isFraud()) {
                remember(due);
            }
            return new OpenLoop.Work(call(id, due), answer -> purchases.send(due));
        }
        Purchase fraud = calls % AGAIN == 0 ? frauds.pollFirst() : null;
        if (fraud != null) {
            frauds.addLast(fraud);
        }
        return new OpenLoop.Work(call(id, fraud == null ? traffic.attempt(now) : fraud), answer -> {});
    }

    /** Purchases that Kafka has taken, the history among them. */
    long events() {
        return purchases.sent();
    }

    private void remember(Purchase fraud) {
        frauds.addLast(fraud);
        if (frauds.size() > REMEMBERED) {
            frauds.removeFirst();
        }
    }

    private PredictCall call(String id, Purchase purchase) {
        return new PredictCall(
                model,
                id,
                Map.of("customer_id", purchase.customerId()),
                Map.of(
                        "amount", purchase.amount(),
                        "card_present", purchase.cardPresent() ? 1.0 : 0.0,
                        "foreign", purchase.foreign() ? 1.0 : 0.0));
    }
}
