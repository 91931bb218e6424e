/** Tests of the batch loader. */
@NullMarked
package dev.millrace.aggregator.batch;

import org.jspecify.annotations.NullMarked;
