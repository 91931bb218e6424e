/** Pure tests of what is read from pods. */
@NullMarked
package dev.millrace.operator.observe;

import org.jspecify.annotations.NullMarked;
