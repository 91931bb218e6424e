@NullMarked
package dev.millrace.aggregator.backfill;

import org.jspecify.annotations.NullMarked;
