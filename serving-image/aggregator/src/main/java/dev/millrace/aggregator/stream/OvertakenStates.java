package dev.millrace.aggregator.stream;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.utils.Bytes;

/** Keys, by partition, whose newest state is not the last of its changelog. Found while state is restored; any thread. */
final class OvertakenStates {
    private final Map<Integer, Set<Bytes>> keys = new ConcurrentHashMap<>();

    void add(int partition, Bytes key) {
        keys.compute(partition, (p, known) -> {
            Set<Bytes> all = known == null ? new HashSet<>() : known;
            all.add(key);
            return all;
        });
    }

    /** The newest state of the key is its last once more. */
    void settle(int partition, Bytes key) {
        if (!keys.isEmpty()) {
            keys.computeIfPresent(partition, (p, known) -> {
                known.remove(key);
                return known.isEmpty() ? null : known;
            });
        }
    }

    /** They are the caller's to write again. */
    List<byte[]> take(int partition) {
        Set<Bytes> taken = Objects.requireNonNullElse(keys.remove(partition), Set.of());
        List<byte[]> all = new ArrayList<>(taken.size());
        taken.forEach(key -> all.add(key.get()));
        return all;
    }
}
