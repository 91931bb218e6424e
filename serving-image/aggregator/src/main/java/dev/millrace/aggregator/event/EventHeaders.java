package dev.millrace.aggregator.event;

import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** The headers of a record, in their order. */
@FunctionalInterface
public interface EventHeaders {
    EventHeaders NONE = visitor -> {};

    void each(BiConsumer<String, byte @Nullable []> visitor);
}
