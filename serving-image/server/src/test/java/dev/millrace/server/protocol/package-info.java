/** Tests of the package of the same name. */
@NullMarked
package dev.millrace.server.protocol;

import org.jspecify.annotations.NullMarked;
