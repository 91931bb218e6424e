package dev.millrace.server.prewarm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.server.prewarm.PopularCalls.Due;
import dev.millrace.server.prewarm.PopularCalls.Update;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PopularCallsTest {
    private final PopularCalls calls = new PopularCalls(3, 1_000);

    private static Update update(String id, @Nullable String body) {
        return new Update(id, body == null ? null : body.getBytes(StandardCharsets.UTF_8));
    }

    private List<String> takeAll() {
        List<String> taken = new ArrayList<>();
        for (Due due = calls.take(); due != null; due = calls.take()) {
            taken.add(new String(due.body(), StandardCharsets.UTF_8));
        }
        return taken;
    }

    @Test
    void theNewestOfEachAreDueNewestFirst() {
        calls.replace(List.of(update("d", "d1"), update("c", "c1"), update("b", "b1"), update("a", "a1")));
        assertThat(calls.size()).isEqualTo(3);
        assertThat(takeAll()).containsExactly("d1", "c1", "b1");
        calls.add(update("e", "e1"));
        calls.add(update("c", "c2"));
        calls.add(update("d", null));
        assertThat(takeAll()).containsExactly("c2", "e1");
        calls.allDue();
        assertThat(takeAll()).as("b was the oldest, d is taken away").containsExactly("c2", "e1");
    }

    @Test
    void whatIsKnownIsNotDueWhenTheTopicIsReadAgainButWhenItIsWrittenAgain() {
        calls.replace(List.of(update("b", "b1"), update("a", "a1")));
        assertThat(Objects.requireNonNull(calls.take()).id()).isEqualTo("b");
        calls.replace(List.of(update("c", "c1"), update("b", "b1"), update("a", "a1")));
        assertThat(takeAll()).as("a was due before").containsExactlyInAnyOrder("c1", "a1");
        calls.add(update("b", "b1"));
        assertThat(takeAll()).containsExactly("b1");
    }

    @Test
    void whatFailedComesLastAndOnlyWhileItIsTheNewest() {
        calls.replace(List.of(update("b", "b1"), update("a", "a1")));
        Due b = Objects.requireNonNull(calls.take());
        calls.again(b);
        assertThat(Objects.requireNonNull(calls.take()).id()).isEqualTo("a");
        Due again = Objects.requireNonNull(calls.take());
        assertThat(again.id()).isEqualTo("b");
        assertThat(again.tries()).isEqualTo(1);
        calls.add(update("b", "b2"));
        calls.again(again);
        assertThat(takeAll()).containsExactly("b2");
    }

    @Test
    void bodiesAreBoundedTogether() {
        calls.add(update("a", "x".repeat(400)));
        calls.add(update("b", "y".repeat(400)));
        calls.add(update("c", "z".repeat(400)));
        assertThat(calls.size()).isEqualTo(2);
        calls.add(update("huge", "h".repeat(2_000)));
        assertThat(calls.size()).as("at least the newest").isEqualTo(1);
    }
}
