/**
 * From the bytes of a Kafka record to an event: its format, entity, event time, filter, columns, or the reason why not.
 * Pure: may not read a clock, log, or know Kafka and the store.
 */
@NullMarked
package dev.millrace.aggregator.event;

import org.jspecify.annotations.NullMarked;
