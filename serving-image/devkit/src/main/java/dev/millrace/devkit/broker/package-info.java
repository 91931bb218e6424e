/**
 * A real Kafka broker in this JVM, KRaft mode, loopback only.
 * May touch its own directory and ports; knows nothing of features or models.
 */
@NullMarked
package dev.millrace.devkit.broker;

import org.jspecify.annotations.NullMarked;
