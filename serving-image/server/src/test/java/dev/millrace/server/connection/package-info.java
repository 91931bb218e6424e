/** Tests of the package of the same name. */
@NullMarked
package dev.millrace.server.connection;

import org.jspecify.annotations.NullMarked;
