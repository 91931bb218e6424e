/** Tests of the package of the same name. */
@NullMarked
package dev.millrace.contract.capacity;

import org.jspecify.annotations.NullMarked;
