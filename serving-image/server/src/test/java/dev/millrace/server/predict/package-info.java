/** Tests of the package of the same name. */
@NullMarked
package dev.millrace.server.predict;

import org.jspecify.annotations.NullMarked;
