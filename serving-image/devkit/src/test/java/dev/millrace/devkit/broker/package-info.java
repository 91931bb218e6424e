/** Tests of the package of the same name. */
@NullMarked
package dev.millrace.devkit.broker;

import org.jspecify.annotations.NullMarked;
