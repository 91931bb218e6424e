/**
 * Tensors and predictions as JSON text, for the REST protocol and for the prediction log alike.
 * May not know a request, a socket or Kafka.
 */
@NullMarked
package dev.millrace.server.json;

import org.jspecify.annotations.NullMarked;
