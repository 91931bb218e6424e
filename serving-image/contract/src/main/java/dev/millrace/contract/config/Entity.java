package dev.millrace.contract.config;

import java.util.List;

/** An entity and its join keys, in the order of the spec. */
public record Entity(String name, List<EntityKey> keys) {
    /** {@code type}: STRING, INT32 or INT64. */
    public record EntityKey(String name, String type) {}
}
