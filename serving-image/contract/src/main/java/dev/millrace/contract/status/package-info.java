/**
 * What a data-plane process says of itself on its metrics port: the document of {@code /millrace/status} and the text of
 * {@code /millrace/threads}. May not hold live objects, nor open a port.
 */
@NullMarked
package dev.millrace.contract.status;

import org.jspecify.annotations.NullMarked;
