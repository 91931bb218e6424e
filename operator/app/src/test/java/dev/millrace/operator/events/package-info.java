/** Pure tests of which changes are told. */
@NullMarked
package dev.millrace.operator.events;

import org.jspecify.annotations.NullMarked;
