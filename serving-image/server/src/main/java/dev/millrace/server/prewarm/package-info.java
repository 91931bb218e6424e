/**
 * Answers made before anybody asks: a topic's newest predict calls, computed through the usual pipeline into the entity cache.
 * Kafka is read and waited for on a thread of its own; may never keep the server from serving.
 */
@NullMarked
package dev.millrace.server.prewarm;

import org.jspecify.annotations.NullMarked;
