/**
 * What one request costs in each part that it passes, measured with JMH, and what the figures of predict and of features are
 * measured on. May use server, aggregator and contract, and clients of Kafka and Redis; nothing uses it.
 */
@NullMarked
package dev.millrace.bench;

import org.jspecify.annotations.NullMarked;
