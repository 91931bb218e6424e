/**
 * Names of keys in the online store, the write script and the heartbeat.
 * Strings and bytes only; may not open a connection.
 */
@NullMarked
package dev.millrace.contract.store;

import org.jspecify.annotations.NullMarked;
