/**
 * Feast's layout of a Redis store, as its Python package writes it with {@code entity_key_serialization_version: 3}: keys,
 * fields, values and the write that leaves them so. Pure; may not know a connection, nor Feast's own code.
 */
@NullMarked
package dev.millrace.contract.feast;

import org.jspecify.annotations.NullMarked;
