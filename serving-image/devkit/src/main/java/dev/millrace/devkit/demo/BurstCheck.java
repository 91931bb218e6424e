package dev.millrace.devkit.demo;

import dev.millrace.devkit.fraud.Customer;
import dev.millrace.devkit.fraud.LiveTraffic;
import dev.millrace.devkit.load.PredictAnswer;
import dev.millrace.devkit.load.PredictCall;
import dev.millrace.devkit.load.Predictor;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The point of it all: the same purchase of the same customer, asked about before and after a burst. Approve must become
 * review within seconds.
 */
final class BurstCheck {
    static final int PURCHASES = 15;
    private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(15);

    private final String model;
    private final Predictor predictor;
    private final Purchases purchases;
    private final LiveTraffic traffic;

    BurstCheck(String model, Predictor predictor, Purchases purchases, LiveTraffic traffic) {
        this.model = model;
        this.predictor = predictor;
        this.purchases = purchases;
        this.traffic = traffic;
    }

    /**
     * @param customer id
     * @param before label ahead of the burst
     * @param after label at the end
     * @param flippedMs from the first purchase of the burst to the first answer {@code review}; null = never
     */
    record Result(String customer, @Nullable String before, @Nullable String after, @Nullable Long flippedMs) {
        boolean passed() {
            return "approve".equals(before) && "review".equals(after);
        }

        @Override
        public String toString() {
            return "burst of " + PURCHASES + " purchases by " + customer + ": " + before + " -> " + after
                    + (flippedMs == null ? "" : " after " + flippedMs + " ms");
        }
    }

    /** Blocks until the answer flips or patience ends. */
    Result run() {
        Customer customer = traffic.quietCustomer();
        String before = label(customer);
        long start = System.nanoTime();
        for (int i = 0; i < PURCHASES; i++) {
            purchases.send(traffic.everyday(customer, System.currentTimeMillis()));
        }
        String after = before;
        while (System.nanoTime() - start < PATIENCE_NS
                && !Thread.currentThread().isInterrupted()) {
            after = label(customer);
            if ("review".equals(after)) {
                return new Result(
                        customer.id(), before, after, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
            }
            LockSupport.parkNanos(10_000_000);
        }
        return new Result(customer.id(), before, after, null);
    }

    private @Nullable String label(Customer customer) {
        PredictCall call = new PredictCall(
                model,
                "burst-check",
                Map.of("customer_id", customer.id()),
                Map.of("amount", customer.avg30dSpend(), "card_present", 1.0, "foreign", 0.0));
        PredictAnswer answer = predictor.ask(call);
        return answer.error() == null ? answer.label() : "error: " + answer.error();
    }
}
