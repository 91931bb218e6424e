package dev.millrace.aggregator.stream;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.jspecify.annotations.Nullable;

/**
 * What a task remembers of itself in its state store, beside the entities.
 *
 * @param topicId id of the source topic that the state was built from: offsets of another one mean other events
 * @param epoch that its values carry
 * @param hydrated encoded identity of the store that has all values of the state; empty = unknown
 */
record TaskMark(String topicId, int epoch, String hydrated) {
    /** No store key begins with a zero byte. */
    static final byte[] KEY = {0};

    byte[] encode() {
        return (topicId + "\n" + epoch + "\n" + hydrated).getBytes(UTF_8);
    }

    static @Nullable TaskMark decode(byte @Nullable [] bytes) {
        if (bytes == null) {
            return null;
        }
        String[] parts = new String(bytes, UTF_8).split("\n", -1);
        return new TaskMark(parts[0], Integer.parseInt(parts[1]), parts[2]);
    }

    TaskMark hydratedTo(String identity) {
        return new TaskMark(topicId, epoch, identity);
    }

    static boolean isKey(byte[] key) {
        return key.length == 1 && key[0] == 0;
    }
}
