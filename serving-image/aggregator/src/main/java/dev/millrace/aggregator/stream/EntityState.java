package dev.millrace.aggregator.stream;

import dev.millrace.aggregator.event.Event;
import dev.millrace.aggregator.event.SeenIds;
import dev.millrace.aggregator.stream.StreamMetrics.EventResult;
import dev.millrace.contract.feature.TileState;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One entity's value in the state store: its tiles, and before them, where the group has {@code dedup}, the ids of the events
 * that they count. One value, so that a crash never leaves the one without the other. Mutable, for one thread.
 */
final class EntityState {
    private final TileState tiles;
    private final @Nullable SeenIds seen;
    private boolean forgot;

    private EntityState(TileState tiles, @Nullable SeenIds seen) {
        this.tiles = tiles;
        this.seen = seen;
    }

    /** @param stored null for an entity never seen */
    static EntityState of(GroupDefinition definition, byte @Nullable [] stored) {
        long windowMs = definition.group().dedupWindowMs();
        if (stored == null) {
            return new EntityState(TileState.empty(definition.layout()), windowMs == 0 ? null : new SeenIds(windowMs));
        }
        if (windowMs == 0) {
            return new EntityState(TileState.decode(definition.layout(), stored), null);
        }
        ByteBuffer from = ByteBuffer.wrap(stored);
        SeenIds seen = SeenIds.read(windowMs, from);
        byte[] rest = new byte[from.remaining()];
        from.get(rest);
        return new EntityState(TileState.decode(definition.layout(), rest), seen);
    }

    /** Whether one stored state of an entity has counted less than another one. */
    static boolean isBehind(GroupDefinition definition, byte[] stored, byte[] other) {
        boolean ids = definition.group().dedupWindowMs() != 0;
        return TileState.isBehind(stored, ids ? SeenIds.lengthOf(stored) : 0, other, ids ? SeenIds.lengthOf(other) : 0);
    }

    /** Counts an event once, whether the topic gives it again or its producer sends it again. */
    EventResult apply(int partition, long offset, Event event) {
        // one that the topic gives again finds its own id: it is known by its offset first
        if (seen != null && seen.contains(event.id()) && !tiles.hasPassed(partition, offset)) {
            return EventResult.DEDUPLICATED;
        }
        return switch (tiles.apply(partition, offset, event.eventTimeMs(), event.columns())) {
            case APPLIED -> {
                forgot = seen != null && seen.add(event.id(), event.eventTimeMs());
                yield EventResult.APPLIED;
            }
            case DUPLICATE -> EventResult.DUPLICATE;
            case TOO_LATE -> EventResult.LATE;
        };
    }

    TileState tiles() {
        return tiles;
    }

    /** Whether the last event took the place of an id that was still in the window. */
    boolean forgot() {
        return forgot;
    }

    byte[] encode() {
        byte[] body = tiles.encode();
        if (seen == null) {
            return body;
        }
        ByteBuffer to = ByteBuffer.allocate(seen.length() + body.length);
        seen.write(to);
        return to.put(body).array();
    }
}
