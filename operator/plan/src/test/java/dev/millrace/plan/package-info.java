/** The plan of a whole spec and its numbers, against the reference and by properties. */
@NullMarked
package dev.millrace.plan;

import org.jspecify.annotations.NullMarked;
