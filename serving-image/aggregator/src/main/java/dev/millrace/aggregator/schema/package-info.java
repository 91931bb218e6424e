/**
 * Schemas of events: what a registry says of an id, kept for ever once known, and how bytes are read by it. May not know
 * Kafka, the store, or what an event means; only {@code RegistryClient} opens a connection.
 */
@NullMarked
package dev.millrace.aggregator.schema;

import org.jspecify.annotations.NullMarked;
