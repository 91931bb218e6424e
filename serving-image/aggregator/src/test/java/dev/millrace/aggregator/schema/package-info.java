/** Tests of the package of the same name. */
@NullMarked
package dev.millrace.aggregator.schema;

import org.jspecify.annotations.NullMarked;
