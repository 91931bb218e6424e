/** Tests of the package of the same name. */
@NullMarked
package dev.millrace.contract.status;

import org.jspecify.annotations.NullMarked;
