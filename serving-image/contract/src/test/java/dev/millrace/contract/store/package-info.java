/** Tests of the package of the same name. */
@NullMarked
package dev.millrace.contract.store;

import org.jspecify.annotations.NullMarked;
