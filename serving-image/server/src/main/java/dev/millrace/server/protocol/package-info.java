/**
 * Open Inference Protocol v2 and predict, over REST and gRPC: decode, call the pipeline, encode, count.
 * May not touch the store, the model or Kafka.
 */
@NullMarked
package dev.millrace.server.protocol;

import org.jspecify.annotations.NullMarked;
