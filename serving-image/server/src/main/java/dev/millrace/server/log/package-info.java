/**
 * The prediction log: sampled by entity, queued within bounds, sent to Kafka by one thread of its own.
 * May never block, fail or slow down a prediction.
 */
@NullMarked
package dev.millrace.server.log;

import org.jspecify.annotations.NullMarked;
