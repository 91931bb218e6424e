/**
 * Training sets from the prediction log: what was served, joined with what came of it.
 * Knows the log's topic or files of it, and DuckDB; may not know the store.
 */
@NullMarked
package dev.millrace.aggregator.replay;

import org.jspecify.annotations.NullMarked;
