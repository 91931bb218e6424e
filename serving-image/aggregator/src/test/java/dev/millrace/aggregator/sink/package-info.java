/** Tests of the package of the same name. */
@NullMarked
package dev.millrace.aggregator.sink;

import org.jspecify.annotations.NullMarked;
