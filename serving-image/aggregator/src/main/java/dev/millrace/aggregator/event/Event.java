package dev.millrace.aggregator.event;

import dev.millrace.contract.feature.EventColumns;

/**
 * An event that counts.
 *
 * @param storeKey of its entity's value, see {@code StoreKeys.value}
 * @param eventTimeMs since 1970
 * @param columns those of the group's layout
 * @param id that its producer gave it, see {@code SeenIds}; 0 where the group has no {@code dedup}
 */
public record Event(String storeKey, long eventTimeMs, EventColumns columns, long id) {}
