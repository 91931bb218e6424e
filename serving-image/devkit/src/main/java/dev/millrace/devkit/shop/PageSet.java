package dev.millrace.devkit.shop;

import dev.millrace.contract.config.FeatureGroup;
import dev.millrace.contract.feature.EventColumns;
import dev.millrace.contract.feature.TileLayout;
import dev.millrace.contract.feature.TileReader;
import dev.millrace.contract.feature.TileState;
import dev.millrace.contract.feature.ValueHash;
import java.io.IOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;

/**
 * Simulates browsing, shows pages of items to users meanwhile, and writes for every item shown what the server would have seen
 * and what the user did: nothing (0), a view (1) or a purchase (3).
 *
 * <p>Windows are computed by the contract's own tiles, as aggregator and server do. So training and serving features cannot differ.
 */
public final class PageSet {
    /** Items of a page, and events between two pages. */
    private static final int SHOWN = 20;

    private static final int EVENTS_BETWEEN = 12;
    private static final long DAY_MS = 86_400_000;

    private final Shop shop;
    private final long seed;
    private final Windows interests = new Windows(ShopFeatures.interests());
    private final Windows demand = new Windows(ShopFeatures.demand());

    public PageSet(Shop shop, long seed) {
        this.shop = shop;
        this.seed = seed;
    }

    /** @param startMs event time of the beginning; the first day only fills the windows */
    public void write(Writer out, long startMs, double perSecond, int pages) throws IOException {
        out.write("page," + String.join(",", ShopFeatures.vector()) + ",gain\n");
        BrowsingStream stream = new BrowsingStream(shop, seed, startMs, perSecond);
        SplittableRandom random = new SplittableRandom(seed + 1);
        int written = 0;
        for (long offset = 0; written < pages; offset++) {
            Browsing event = stream.next();
            if (event.ts() >= startMs + DAY_MS && offset % EVENTS_BETWEEN == 0) {
                page(out, written++, event.ts(), random);
            }
            interests.apply(event.shopper().id(), offset, event);
            demand.apply(event.item().id(), offset, event);
        }
    }

    private void page(Writer out, int page, long ts, SplittableRandom random) throws IOException {
        Shopper shopper = shop.visitor(random);
        List<Item> items = new ArrayList<>(shop.candidates(shopper, 200));
        Collections.shuffle(items, new Random(random.nextLong()));
        double[] user = interests.read(shopper.id(), ts);
        for (Item item : items.subList(0, SHOWN)) {
            StringBuilder line = new StringBuilder(160).append(page);
            line.append(',')
                    .append(item.category())
                    .append(',')
                    .append((float) item.price())
                    .append(',')
                    .append((float) item.rating());
            for (double value : demand.read(item.id(), ts)) {
                line.append(',').append((float) value);
            }
            for (double value : user) {
                line.append(',').append((float) value);
            }
            double likes = 1 / (1 + Math.exp(-shopper.interest(item, ts)));
            int gain = random.nextDouble() >= likes ? 0 : random.nextDouble() < 0.5 * likes ? 3 : 1;
            out.write(line.append(',').append(gain).append('\n').toString());
        }
    }

    /** The tiles of one group, by entity. */
    private static final class Windows {
        private final TileLayout layout;
        private final TileReader reader;
        private final Map<String, TileState> states = new HashMap<>();

        Windows(FeatureGroup group) {
            layout = TileLayout.of(group);
            reader = new TileReader(layout);
        }

        void apply(String entity, long offset, Browsing event) {
            TileState.Outcome outcome = states.computeIfAbsent(entity, id -> TileState.empty(layout))
                    .apply(0, offset, event.ts(), new Columns(layout, event));
            if (outcome != TileState.Outcome.APPLIED) {
                throw new IllegalStateException("event " + event.id() + " was not applied: " + outcome);
            }
        }

        double[] read(String entity, long nowMs) {
            double[] features = new double[layout.width()];
            TileState state = states.get(entity);
            if (state == null) {
                System.arraycopy(layout.defaults(), 0, features, 0, features.length);
            } else if (!reader.read(state.toValue(0, nowMs, 0), nowMs, features, 0)) {
                throw new IllegalStateException("the contract cannot read its own value");
            }
            return features;
        }
    }

    /** An event as the tiles see it; the same values that the aggregator takes from the JSON. */
    private record Columns(TileLayout layout, Browsing event) implements EventColumns {
        @Override
        public double number(int column) {
            Double number = event.number(layout.columns().get(column));
            return number == null ? Double.NaN : number;
        }

        @Override
        public long hash(int column) {
            return ValueHash.of(number(column));
        }

        @Override
        public boolean isNull(int column) {
            return event.number(layout.columns().get(column)) == null;
        }
    }
}
