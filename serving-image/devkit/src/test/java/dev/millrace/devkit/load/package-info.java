/** Tests of the package of the same name. */
@NullMarked
package dev.millrace.devkit.load;

import org.jspecify.annotations.NullMarked;
