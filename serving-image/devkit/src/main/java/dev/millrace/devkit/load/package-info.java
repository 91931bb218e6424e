/**
 * Open-loop load on a model server's predict calls, over REST and gRPC.
 * Times from the intended send, never from the real one; knows the protocol and nothing of fraud or Kafka.
 */
@NullMarked
package dev.millrace.devkit.load;

import org.jspecify.annotations.NullMarked;
