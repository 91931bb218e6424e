/** Tests of the package of the same name. */
@NullMarked
package dev.millrace.aggregator.event;

import org.jspecify.annotations.NullMarked;
