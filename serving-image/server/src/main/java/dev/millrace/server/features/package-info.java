/**
 * Features at request time: one read of the store for all groups of an entity, defaults for what is missing or late,
 * freshness from heartbeats, and the vector that the model expects.
 * May not know the model, the answer or a protocol.
 */
@NullMarked
package dev.millrace.server.features;

import org.jspecify.annotations.NullMarked;
