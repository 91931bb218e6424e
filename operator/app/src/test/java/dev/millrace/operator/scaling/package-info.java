@NullMarked
package dev.millrace.operator.scaling;

import org.jspecify.annotations.NullMarked;
