/** Tests on jars made in the shapes that two builds of the operator had. */
@NullMarked
package dev.millrace.bytecode;

import org.jspecify.annotations.NullMarked;
