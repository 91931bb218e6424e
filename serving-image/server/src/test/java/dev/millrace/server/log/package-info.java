/** Tests of the package of the same name. */
@NullMarked
package dev.millrace.server.log;

import org.jspecify.annotations.NullMarked;
