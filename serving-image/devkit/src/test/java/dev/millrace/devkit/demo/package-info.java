/** Tests of the package of the same name. */
@NullMarked
package dev.millrace.devkit.demo;

import org.jspecify.annotations.NullMarked;
