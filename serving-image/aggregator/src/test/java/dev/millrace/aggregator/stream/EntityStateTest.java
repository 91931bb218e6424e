package dev.millrace.aggregator.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.aggregator.Purchases;
import dev.millrace.aggregator.event.Event;
import dev.millrace.aggregator.stream.StreamMetrics.EventResult;
import dev.millrace.contract.config.AggregatorConfig;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Sent twice by the topic, or by the producer. */
class EntityStateTest {
    private static final long NOW = 1_795_600_000_000L;

    private final GroupDefinition definition = definition();

    private static GroupDefinition definition() {
        AggregatorConfig config = Purchases.config(
                "unused:9092",
                "redis://unused:6379",
                Path.of("unused"),
                1,
                Purchases.deduplicated(Purchases.group(), "event_id", 600_000));
        return GroupDefinition.of(config, config.groups().get(0));
    }

    private Event event(String id) throws Exception {
        return Objects.requireNonNull(definition
                .reader()
                .read(
                        Purchases.identified(Purchases.json("c-1", "m-1", 10, NOW), id)
                                .getBytes(UTF_8),
                        NOW,
                        NOW));
    }

    /** Whoever restores the last of a changelog instead would lose what the other state has counted more. */
    @Test
    void theStateThatCountedMoreIsAheadWhoeverWroteItLast() throws Exception {
        EntityState state = EntityState.of(definition, null);
        state.apply(0, 5, event("e-1"));
        byte[] first = state.encode();
        state.apply(0, 6, event("e-2"));
        byte[] second = state.encode();
        assertThat(EntityState.isBehind(definition, first, second)).isTrue();
        assertThat(EntityState.isBehind(definition, second, first)).isFalse();
        assertThat(EntityState.isBehind(definition, second, second)).isFalse();
        Event late = Objects.requireNonNull(definition
                .reader()
                .read(
                        Purchases.identified(Purchases.json("c-1", "m-1", 10, NOW - 86_400_000), "e-3")
                                .getBytes(UTF_8),
                        NOW,
                        NOW));
        assertThat(state.apply(0, 7, late)).isEqualTo(EventResult.LATE);
        assertThat(EntityState.isBehind(definition, second, state.encode()))
                .as("one event more was seen, though not counted")
                .isTrue();
        assertThat(EntityState.isBehind(definition, new byte[] {1}, first)).isFalse();
    }

    @Test
    void whatTheTopicGivesAgainIsNotTakenForItsOwnCopy() throws Exception {
        EntityState state = EntityState.of(definition, null);
        assertThat(state.apply(0, 5, event("e-1"))).isEqualTo(EventResult.APPLIED);
        state = EntityState.of(definition, state.encode());
        // its value may have died with the process, so it must be known as the one that was counted
        assertThat(state.apply(0, 5, event("e-1"))).isEqualTo(EventResult.DUPLICATE);
        assertThat(state.apply(0, 6, event("e-1"))).isEqualTo(EventResult.DEDUPLICATED);
        assertThat(state.apply(1, 3, event("e-1"))).as("of another partition").isEqualTo(EventResult.DEDUPLICATED);
        assertThat(state.apply(0, 7, event("e-2"))).isEqualTo(EventResult.APPLIED);
        state = EntityState.of(definition, state.encode());
        assertThat(state.apply(0, 8, event("e-1"))).isEqualTo(EventResult.DEDUPLICATED);
        assertThat(state.apply(0, 9, event("e-2"))).isEqualTo(EventResult.DEDUPLICATED);
        assertThat(state.tiles().seq()).isEqualTo(2);
    }
}
