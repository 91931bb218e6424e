package dev.millrace.aggregator.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** Which ids an entity knows. */
class SeenIdsTest {
    private static final int WINDOW = 50;

    @Property(tries = 500)
    void knowsTheIdsInItsWindowAndNoOthers(
            @ForAll @Size(max = 60) List<@IntRange(min = 0, max = 300) Integer> times, @ForAll boolean stored) {
        SeenIds seen = new SeenIds(WINDOW);
        Map<Long, Integer> sent = new HashMap<>();
        int newest = Integer.MIN_VALUE;
        for (int i = 0; i < times.size(); i++) {
            newest = Math.max(newest, times.get(i));
            sent.put((long) i, times.get(i));
            assertThat(seen.add(i, times.get(i))).isFalse();
            if (stored) {
                ByteBuffer bytes = ByteBuffer.allocate(seen.length());
                seen.write(bytes);
                seen = SeenIds.read(WINDOW, bytes.flip());
            }
            int from = newest - WINDOW;
            SeenIds now = seen;
            sent.forEach((id, time) ->
                    assertThat(now.contains(id)).as("id of %s", time).isEqualTo(time >= from));
        }
        assertThat(seen.contains(99)).isFalse();
    }

    @Test
    void theOldestGoesFirstWhenThereAreTooMany() {
        SeenIds seen = new SeenIds(10_000);
        for (int i = 0; i < SeenIds.MAX; i++) {
            assertThat(seen.add(i, i == 7 ? 1 : 100 + i)).isFalse();
        }
        assertThat(seen.add(-1, 5_000)).isTrue();
        assertThat(seen.size()).isEqualTo(SeenIds.MAX);
        assertThat(seen.contains(7)).isFalse();
        assertThat(seen.contains(6)).isTrue();
        assertThat(seen.contains(8)).isTrue();
        assertThat(seen.contains(-1)).isTrue();
    }

    @Test
    void damagedBytesAreNoIds() {
        SeenIds seen = new SeenIds(WINDOW);
        seen.add(1, 1);
        ByteBuffer bytes = ByteBuffer.allocate(seen.length());
        seen.write(bytes);
        byte[] all = bytes.array();
        for (int length = 0; length < all.length; length++) {
            ByteBuffer cut = ByteBuffer.wrap(Arrays.copyOf(all, length));
            assertThatThrownBy(() -> SeenIds.read(WINDOW, cut)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> SeenIds.read(WINDOW, ByteBuffer.wrap(new byte[] {-1, -1})))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
