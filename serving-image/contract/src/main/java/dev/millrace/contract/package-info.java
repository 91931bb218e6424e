/**
 * What operator, server and aggregator agree on: config documents, feature values, store keys, capacity, metric names,
 * properties of a Kafka client. Plain Java and Jackson's data binding. It may touch no network, no file but the documents
 * it is given and the secrets that they name, no clock and no framework.
 */
@NullMarked
package dev.millrace.contract;

import org.jspecify.annotations.NullMarked;
