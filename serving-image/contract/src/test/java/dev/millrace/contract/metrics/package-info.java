/** Tests of the package of the same name. */
@NullMarked
package dev.millrace.contract.metrics;

import org.jspecify.annotations.NullMarked;
