package dev.millrace.devkit.shop;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** One event: a user views an item, puts it into the cart, or buys it. */
public record Browsing(String id, Shopper shopper, Item item, Kind kind, long ts) {

    /** What it says of the user's interest. */
    public enum Kind {
        VIEW(1),
        CART(2),
        PURCHASE(3);

        final int weight;

        Kind(int weight) {
            this.weight = weight;
        }
    }

    /** A number of the event by the name that it has in the JSON; null = the event has no such field. */
    @Nullable
    Double number(String column) {
        return switch (column) {
            case "price" -> item.price();
            case "view" -> kind == Kind.VIEW ? 1.0 : 0;
            case "cart" -> kind == Kind.CART ? 1.0 : 0;
            case "purchase" -> kind == Kind.PURCHASE ? 1.0 : 0;
            default -> column.equals("c" + item.category()) ? (double) kind.weight : null;
        };
    }

    /** The record's value in both topics: only the category that it is about has its {@code c} field. */
    public String toJson() {
        return String.format(
                Locale.ROOT,
                "{\"id\":\"%s\",\"user_id\":\"%s\",\"item_id\":\"%s\",\"price\":%s,\"view\":%d,\"cart\":%d,"
                        + "\"purchase\":%d,\"c%d\":%d,\"ts\":%d}",
                id,
                shopper.id(),
                item.id(),
                item.price(),
                kind == Kind.VIEW ? 1 : 0,
                kind == Kind.CART ? 1 : 0,
                kind == Kind.PURCHASE ? 1 : 0,
                item.category(),
                kind.weight,
                ts);
    }
}
