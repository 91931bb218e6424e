/**
 * The capacity model: from an SLO and a calibration to in-flight targets, queue bounds and batch sizes.
 * Closed forms, pure functions; may not read metrics.
 */
@NullMarked
package dev.millrace.contract.capacity;

import org.jspecify.annotations.NullMarked;
