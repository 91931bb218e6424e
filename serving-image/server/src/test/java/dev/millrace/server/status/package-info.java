/** Tests of the package of the same name. */
@NullMarked
package dev.millrace.server.status;

import org.jspecify.annotations.NullMarked;
