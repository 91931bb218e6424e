/**
 * How many aggregators there should be, from how far behind they are.
 * Computes and remembers; may not call a client, nor know the reconciler.
 */
@NullMarked
package dev.millrace.operator.scaling;

import org.jspecify.annotations.NullMarked;
