/**
 * Feature values: aggregation functions, tiles and their merge, the binary value in the store.
 * Pure and allocation-aware; may not know Redis, Kafka or a request.
 */
@NullMarked
package dev.millrace.contract.feature;

import org.jspecify.annotations.NullMarked;
