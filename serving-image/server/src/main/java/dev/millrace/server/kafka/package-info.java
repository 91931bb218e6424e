/**
 * What the server's Kafka clients share: topics that the server writes. Blocks, so it is called by threads of Kafka clients
 * only; may not know what the records mean.
 */
@NullMarked
package dev.millrace.server.kafka;

import org.jspecify.annotations.NullMarked;
