/**
 * What a data-plane process says of itself at {@code /millrace/status} on its metrics port.
 * Records only; may not hold live objects.
 */
@NullMarked
package dev.millrace.contract.status;

import org.jspecify.annotations.NullMarked;
