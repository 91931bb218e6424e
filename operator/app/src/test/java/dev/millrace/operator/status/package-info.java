/** Pure tests of the status. */
@NullMarked
package dev.millrace.operator.status;

import org.jspecify.annotations.NullMarked;
