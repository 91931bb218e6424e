/**
 * How a document's {@code kafka} is told to a Kafka client.
 * Names and texts only, and the secrets' mounted files that the document names; may not see a Kafka class or open a
 * connection.
 */
@NullMarked
package dev.millrace.contract.kafka;

import org.jspecify.annotations.NullMarked;
