/** Tests of the package of the same name. */
@NullMarked
package dev.millrace.contract.feature;

import org.jspecify.annotations.NullMarked;
