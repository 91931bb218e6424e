package dev.millrace.devkit.demo;

import dev.millrace.devkit.load.PredictAnswer;
import dev.millrace.devkit.load.PredictCall;
import dev.millrace.devkit.load.Predictor;
import dev.millrace.devkit.shop.Browsing;
import dev.millrace.devkit.shop.BrowsingStream;
import dev.millrace.devkit.shop.Item;
import dev.millrace.devkit.shop.Shop;
import dev.millrace.devkit.shop.Shopper;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The point of it all: a user looks at things of a category that was not theirs, and the next page shows more of it. */
final class InterestCheck {
    private static final int LOOKS = 12;
    private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(15);

    private final Shop shop;
    private final String model;
    private final Predictor predictor;
    private final Visits visits;
    private final SplittableRandom random;
    private int asked;

    InterestCheck(Shop shop, String model, Predictor predictor, Visits visits, long seed) {
        this.shop = shop;
        this.model = model;
        this.predictor = predictor;
        this.visits = visits;
        this.random = new SplittableRandom(seed);
    }

    /**
     * @param before items of the category in the list ahead of the looks
     * @param after and at the end
     * @param turnedMs from the first look to a list with at least two more of them; null = never
     */
    record Result(String user, int category, int before, int after, @Nullable Long turnedMs) {
        boolean passed() {
            return turnedMs != null;
        }

        @Override
        public String toString() {
            return user + " looks " + LOOKS + " times at category " + category + ": " + before + " -> " + after
                    + " of the items shown" + (turnedMs == null ? "" : " after " + turnedMs + " ms");
        }
    }

    /** Blocks until the list turns or patience ends. */
    Result run() {
        // One who comes rarely: a page of theirs is what they do here.
        Shopper shopper = shop.shoppers().get(shop.shoppers().size() - 1 - random.nextInt(200));
        Map<Integer, Long> shown = shown(shopper);
        int category = 0;
        for (int c = 1; c < Item.CATEGORIES; c++) {
            category = shown.getOrDefault(c, 0L) < shown.getOrDefault(category, 0L) ? c : category;
        }
        int before = shown.getOrDefault(category, 0L).intValue();
        BrowsingStream looks = new BrowsingStream(shop, random.nextLong(), System.currentTimeMillis(), 1);
        long start = System.nanoTime();
        for (int i = 0; i < LOOKS; i++) {
            visits.send(looks.event(
                    shopper, shop.itemOf(category, random), Browsing.Kind.VIEW, System.currentTimeMillis()));
        }
        int after = before;
        while (System.nanoTime() - start < PATIENCE_NS
                && !Thread.currentThread().isInterrupted()) {
            after = shown(shopper).getOrDefault(category, 0L).intValue();
            // by two: the candidate that differs from call to call may be one of them
            if (after >= before + 2) {
                long ms = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
                return new Result(shopper.id(), category, before, after, ms);
            }
            LockSupport.parkNanos(50_000_000);
        }
        return new Result(shopper.id(), category, before, after, null);
    }

    /**
     * How many items of each category the model's list holds. Each time the last candidate is another one, for which no cache has an
     * answer; a list of the fallback says nothing of the user's interest.
     */
    private Map<Integer, Long> shown(Shopper shopper) {
        long start = System.nanoTime();
        List<Item> all = shop.candidates(shopper, 400);
        Map<String, Integer> categories = all.stream().collect(Collectors.toMap(Item::id, Item::category));
        while (System.nanoTime() - start < PATIENCE_NS
                && !Thread.currentThread().isInterrupted()) {
            PredictAnswer answer = ask(shopper, all);
            if (answer.error() == null && answer.fallback() == null) {
                return answer.items().stream().collect(Collectors.groupingBy(categories::get, Collectors.counting()));
            }
            LockSupport.parkNanos(50_000_000);
        }
        return Map.of();
    }

    private PredictAnswer ask(Shopper shopper, List<Item> all) {
        List<Item> items = new ArrayList<>(all.subList(0, 100));
        items.add(all.get(100 + asked++ % 300));
        PredictCall call = new PredictCall(
                model,
                "interest-check",
                Map.of("user_id", shopper.id()),
                Map.of(),
                items.stream().map(Item::id).toList());
        return predictor.ask(call);
    }
}
