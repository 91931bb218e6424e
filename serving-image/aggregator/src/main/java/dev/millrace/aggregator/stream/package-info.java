/**
 * One Kafka Streams application per group revision: topology, offsets that wait for the store, heartbeats, refilling an
 * emptied store, supervision. Values go to the sink only; may not open a connection to the store.
 */
@NullMarked
package dev.millrace.aggregator.stream;

import org.jspecify.annotations.NullMarked;
