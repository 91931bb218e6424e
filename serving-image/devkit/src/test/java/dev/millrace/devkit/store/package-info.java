/** Tests of the package of the same name. */
@NullMarked
package dev.millrace.devkit.store;

import org.jspecify.annotations.NullMarked;
