/**
 * The catalogue of every metric, label and alert name, with help and unit.
 * Declarations only; may not register or count anything.
 */
@NullMarked
package dev.millrace.contract.metrics;

import org.jspecify.annotations.NullMarked;
