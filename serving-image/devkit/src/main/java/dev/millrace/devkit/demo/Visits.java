package dev.millrace.devkit.demo;

import dev.millrace.devkit.load.OpenLoop;
import dev.millrace.devkit.load.PredictAnswer;
import dev.millrace.devkit.load.PredictCall;
import dev.millrace.devkit.shop.Browsing;
import dev.millrace.devkit.shop.BrowsingStream;
import dev.millrace.devkit.shop.Item;
import dev.millrace.devkit.shop.Shop;
import dev.millrace.devkit.shop.ShopFeatures;
import dev.millrace.devkit.shop.Shopper;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/** What happens in the shop: its history, events as they are due, and pages that are asked for. */
final class Visits {
    private static final long HISTORY_MS = 20 * 3_600_000L;
    private static final double HISTORY_PER_SECOND = 0.15;

    private final Shop shop;
    private final String model;
    private final int candidates;
    private final Events events;
    private final SplittableRandom random;
    private final BrowsingStream live;
    private final Map<String, List<String>> found = new HashMap<>();
    private long calls;

    /** @param candidates of each call */
    Visits(Shop shop, String model, int candidates, Events events, double eventsPerSecond, long seed) {
        this.shop = shop;
        this.model = model;
        this.candidates = candidates;
        this.events = events;
        this.random = new SplittableRandom(seed);
        // a visit makes about one event
        this.live = new BrowsingStream(shop, seed + 3, System.currentTimeMillis(), eventsPerSecond);
    }

    /** Sends the hours before now, in which everybody came and everything was seen; returns how many events those are. */
    long sendHistory(long nowMs) {
        BrowsingStream stream = new BrowsingStream(shop, random.nextLong(), nowMs - HISTORY_MS, HISTORY_PER_SECOND);
        List<Browsing> history = new ArrayList<>();
        Set<Object> seen = new HashSet<>();
        for (Shopper shopper : shop.shoppers()) {
            Item item = shop.itemOf(random.nextInt(Item.CATEGORIES), random);
            history.add(stream.event(shopper, item, Browsing.Kind.VIEW, nowMs - HISTORY_MS));
            seen.add(item);
        }
        for (Item item : shop.items()) {
            if (seen.add(item)) {
                history.add(stream.event(shop.visitor(random), item, Browsing.Kind.VIEW, nowMs - HISTORY_MS));
            }
        }
        while (stream.peekTs() < nowMs) {
            history.add(stream.next());
        }
        history.forEach(this::send);
        return history.size();
    }

    /** An event goes into both topics: by its user, and by its item. */
    void send(Browsing event) {
        String json = event.toJson();
        events.send(ShopFeatures.BROWSING, event.shopper().id(), json);
        events.send(ShopFeatures.ITEM_EVENTS, event.item().id(), json);
    }

    /** Called on one thread. */
    OpenLoop.Work next(Consumer<PredictAnswer> after) {
        while (live.peekTs() <= System.currentTimeMillis()) {
            send(live.next());
        }
        return new OpenLoop.Work(call(shop.visitor(random)), after);
    }

    PredictCall call(Shopper shopper) {
        List<String> items = found.computeIfAbsent(shopper.id(), id -> ids(shopper));
        return new PredictCall(model, "demo-" + calls++, Map.of("user_id", shopper.id()), Map.of(), items);
    }

    List<String> ids(Shopper shopper) {
        return shop.candidates(shopper, candidates).stream().map(Item::id).toList();
    }

    /** Calls of the most active users, for a server that answers them before they are made. */
    void sendPopular(String topic, int users) {
        for (Shopper shopper : shop.shoppers().subList(0, users)) {
            StringBuilder body =
                    new StringBuilder("{\"entities\":[{\"user_id\":\"" + shopper.id() + "\"}],\"candidates\":[");
            for (String id : ids(shopper)) {
                body.append(body.charAt(body.length() - 1) == '[' ? "" : ",")
                        .append("{\"item_id\":\"")
                        .append(id)
                        .append("\"}");
            }
            events.send(topic, shopper.id(), body.append("]}").toString());
        }
    }
}
