package dev.millrace.devkit.demo;

import dev.millrace.devkit.load.PredictAnswer;
import dev.millrace.devkit.shop.Item;
import dev.millrace.devkit.shop.Shop;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What the ranked lists of a run hold; recorded on one thread, read from any. */
final class Lists {
    private final Map<String, Item> items;
    private final long[] ofCategory = new long[Item.CATEGORIES];
    private final Set<String> shown = new HashSet<>();
    private long lists;
    private long places;
    private long inStock;
    private long categories;

    Lists(Shop shop) {
        this.items = shop.items().stream().collect(Collectors.toMap(Item::id, Function.identity()));
    }

    synchronized void add(PredictAnswer answer) {
        if (answer.items().isEmpty()) {
            return;
        }
        lists++;
        Set<Integer> different = new HashSet<>();
        for (String id : answer.items()) {
            Item item = Objects.requireNonNull(items.get(id), "an item that nobody asked about");
            places++;
            inStock += item.inStock() ? 1 : 0;
            ofCategory[item.category()]++;
            different.add(item.category());
            shown.add(id);
        }
        categories += different.size();
    }

    /**
     * @param lists with at least one item
     * @param inStockShare of all places
     * @param coverage share of the shop's items that somebody was shown
     * @param categoriesPerList how many different ones, on average
     */
    record Summary(long lists, double inStockShare, double coverage, double categoriesPerList, List<Long> places) {
        @Override
        public String toString() {
            String top = IntStream.range(0, places.size())
                    .boxed()
                    .sorted((a, b) -> Long.compare(places.get(b), places.get(a)))
                    .limit(3)
                    .map(c -> "category " + c + " " + places.get(c))
                    .collect(Collectors.joining("   "));
            return String.format(
                    Locale.ROOT,
                    "lists               in stock %.1f %%   items shown %.1f %% of all   categories a list %.1f%n"
                            + "most shown          %s",
                    100 * inStockShare,
                    100 * coverage,
                    categoriesPerList,
                    top);
        }
    }

    synchronized Summary summary() {
        return new Summary(
                lists,
                rounded(inStock, places),
                rounded(shown.size(), items.size()),
                rounded(categories, lists),
                IntStream.range(0, ofCategory.length)
                        .mapToObj(c -> ofCategory[c])
                        .toList());
    }

    private static double rounded(double part, double whole) {
        return whole == 0 ? 0 : Math.round(1e4 * part / whole) / 1e4;
    }
}
