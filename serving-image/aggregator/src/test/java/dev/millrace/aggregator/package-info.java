/** Tests of the whole process on a real broker and a real store, and what they share. */
@NullMarked
package dev.millrace.aggregator;

import org.jspecify.annotations.NullMarked;
