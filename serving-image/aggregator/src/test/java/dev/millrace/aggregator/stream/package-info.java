/** Tests of the package of the same name. */
@NullMarked
package dev.millrace.aggregator.stream;

import org.jspecify.annotations.NullMarked;
