/**
 * Write-behind to the online store: queue, pipelined compare-and-set, retries, acknowledgement.
 * Knows the store and nothing of Kafka: whoever commits offsets asks {@code StoreSink.drain} first.
 */
@NullMarked
package dev.millrace.aggregator.sink;

import org.jspecify.annotations.NullMarked;
