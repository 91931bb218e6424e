/** Tests of the package of the same name. */
@NullMarked
package dev.millrace.contract.drift;

import org.jspecify.annotations.NullMarked;
