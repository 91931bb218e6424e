/**
 * The catalogue of every metric and its labels, with help and unit. Names of alerts stand once too, in the plan's
 * {@code monitoring.Alert}: no process of the data plane needs them.
 * Declarations only; may not register or count anything.
 */
@NullMarked
package dev.millrace.contract.metrics;

import org.jspecify.annotations.NullMarked;
