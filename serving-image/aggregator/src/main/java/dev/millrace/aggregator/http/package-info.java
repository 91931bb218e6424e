/**
 * The metrics port: metrics, status, liveness, readiness.
 * Reads what others know; may not change anything.
 */
@NullMarked
package dev.millrace.aggregator.http;

import org.jspecify.annotations.NullMarked;
