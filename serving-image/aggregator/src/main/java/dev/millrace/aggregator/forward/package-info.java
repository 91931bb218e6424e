/**
 * A program for edge machines: what a local broker holds is sent on to a central one while the link is up. Knows topics and
 * bytes only; may not look into a record.
 */
@NullMarked
package dev.millrace.aggregator.forward;

import org.jspecify.annotations.NullMarked;
