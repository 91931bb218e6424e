/**
 * The batch loader: files of pre-computed features become values of a batch group, files of events the older tiles of a hybrid
 * one, once, and the process ends.
 * Knows files and the store; may not know Kafka.
 */
@NullMarked
package dev.millrace.aggregator.batch;

import org.jspecify.annotations.NullMarked;
