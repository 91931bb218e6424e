/**
 * Training sets: files of labels and events become the features that a server would have read at each label's time.
 * Knows files and DuckDB; may not know Kafka or the store.
 */
@NullMarked
package dev.millrace.aggregator.backfill;

import org.jspecify.annotations.NullMarked;
