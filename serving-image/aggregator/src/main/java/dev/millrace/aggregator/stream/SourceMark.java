package dev.millrace.aggregator.stream;

import java.nio.ByteBuffer;

/**
 * How far the re-keying of one source partition is, written into every partition of the internal topic: whatever was
 * appended to the source before {@code caughtUpAtMs} stands before the mark, because both come from one producer.
 *
 * @param partition of the source topic
 * @param lagRecords that were not re-keyed yet
 */
record SourceMark(int partition, long caughtUpAtMs, long lagRecords) {
    private static final int KEY = 1 + Integer.BYTES;
    private static final int VALUE = 1 + 2 * Long.BYTES;
    /** Not zero: it must not look like an event with a schema. */
    private static final byte FIRST = 1;

    /** No entity's key begins with a zero byte. */
    static boolean isKey(byte[] key) {
        return key.length == KEY && key[0] == 0;
    }

    byte[] key() {
        return ByteBuffer.allocate(KEY).put((byte) 0).putInt(partition).array();
    }

    byte[] value() {
        return ByteBuffer.allocate(VALUE)
                .put(FIRST)
                .putLong(caughtUpAtMs)
                .putLong(lagRecords)
                .array();
    }

    static SourceMark decode(byte[] key, byte[] value) {
        ByteBuffer content = ByteBuffer.wrap(value, 1, VALUE - 1);
        return new SourceMark(ByteBuffer.wrap(key, 1, Integer.BYTES).getInt(), content.getLong(), content.getLong());
    }
}
