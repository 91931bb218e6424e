/**
 * The engine: a verified ONNX model, its instances, and the queue that merges requests into batches.
 * Tensors in, tensors out; may not know a protocol, a feature, an event loop or Prometheus.
 */
@NullMarked
package dev.millrace.server.engine;

import org.jspecify.annotations.NullMarked;
