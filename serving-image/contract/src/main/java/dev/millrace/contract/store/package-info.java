/**
 * Names of keys in the online store, the write script, the heartbeat and the record of a batch run.
 * Strings and bytes only; may not open a connection.
 */
@NullMarked
package dev.millrace.contract.store;

import org.jspecify.annotations.NullMarked;
