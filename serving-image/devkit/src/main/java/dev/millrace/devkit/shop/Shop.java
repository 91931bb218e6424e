package dev.millrace.devkit.shop;

import java.io.IOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** All users and items of the sample: {@code u-0} to {@code u-1999}, the most active first, and {@code i-0} to {@code i-799}. */
public final class Shop {
    static final int ITEMS = 800;
    static final int SHOPPERS = 2_000;
    private static final long SEED = 7;

    private final List<Item> items;
    private final List<Shopper> shoppers;
    private final Draw<Item> popular;
    private final Draw<Shopper> visitor;
    private final List<Draw<Item>> ofCategory = new ArrayList<>();

    private Shop() {
        items = IntStream.range(0, ITEMS).mapToObj(i -> Item.of(SEED, i)).toList();
        shoppers =
                IntStream.range(0, SHOPPERS).mapToObj(i -> Shopper.of(SEED, i)).toList();
        popular = new Draw<>(items, Item::popularity);
        visitor = new Draw<>(shoppers, Shopper::activity);
        for (int c = 0; c < Item.CATEGORIES; c++) {
            int category = c;
            ofCategory.add(new Draw<>(
                    items.stream().filter(i -> i.category() == category).toList(), Item::popularity));
        }
    }

    public static Shop sample() {
        return new Shop();
    }

    public List<Item> items() {
        return items;
    }

    /** The most active first. */
    public List<Shopper> shoppers() {
        return shoppers;
    }

    /** Whoever comes next; few come often. */
    public Shopper visitor(SplittableRandom random) {
        return visitor.next(random);
    }

    Item item(Shopper shopper, long ts, SplittableRandom random) {
        double at = random.nextDouble();
        int category = 0;
        for (at -= shopper.taste(0, ts); at > 0 && category < Item.CATEGORIES - 1; ) {
            category++;
            at -= shopper.taste(category, ts);
        }
        return itemOf(category, random);
    }

    /** An item of this category, the popular ones more often. */
    public Item itemOf(int category, SplittableRandom random) {
        return ofCategory.get(category).next(random);
    }

    /**
     * What a retrieval step finds for a user: half by what is popular, half at random, none twice. Equal for equal users, as an
     * index that is built once a day is.
     */
    public List<Item> candidates(Shopper shopper, int count) {
        SplittableRandom random = new SplittableRandom(SEED + 31L * shopper.number());
        Set<Item> found = new LinkedHashSet<>();
        while (found.size() < Math.min(count, items.size())) {
            found.add(random.nextBoolean() ? popular.next(random) : items.get(random.nextInt(items.size())));
        }
        return List.copyOf(found);
    }

    /** The file of the group {@code catalogue}. */
    public void writeCatalogue(Writer out) throws IOException {
        out.write("item_id,category,price,rating,in_stock\n");
        for (Item i : items) {
            out.write(String.format(
                    Locale.ROOT,
                    "%s,%d,%.2f,%.1f,%d\n",
                    i.id(),
                    i.category(),
                    i.price(),
                    i.rating(),
                    i.inStock() ? 1 : 0));
        }
    }
}
