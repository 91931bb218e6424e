package dev.millrace.aggregator.sink;

/**
 * A heartbeat on its way to the store.
 *
 * @param key see {@code StoreKeys.heartbeat}
 * @param value the encoded {@code Heartbeat}
 * @param epochField field of the meta hash that holds the group's epoch: {@code epoch:<group>.<rev>}
 * @param epoch written there unless a greater one is
 */
public record HeartbeatWrite(String key, String value, String epochField, int epoch) {}
