/**
 * {@code millrace load}: calls at given times to one server, over any of its protocols, with the time from when each should
 * have been sent, and the echo server that shows what the generator itself costs.
 * Speaks HTTP/1.1 and gRPC on Netty, one thread; may touch sockets and {@code /proc}; knows nothing of Kafka, stores or samples.
 */
@NullMarked
package dev.millrace.devkit.generator;

import org.jspecify.annotations.NullMarked;
