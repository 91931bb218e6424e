/** Tests of the package of the same name. */
@NullMarked
package dev.millrace.aggregator.state;

import org.jspecify.annotations.NullMarked;
