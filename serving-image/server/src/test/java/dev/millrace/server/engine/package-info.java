/** Tests of the package of the same name. */
@NullMarked
package dev.millrace.server.engine;

import org.jspecify.annotations.NullMarked;
