/** Tests of the package of the same name. */
@NullMarked
package dev.millrace.devkit.fraud;

import org.jspecify.annotations.NullMarked;
