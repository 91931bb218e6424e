/** Every rule with one spec on each side of it. */
@NullMarked
package dev.millrace.plan.check;

import org.jspecify.annotations.NullMarked;
