/** Tests of the package of the same name. */
@NullMarked
package dev.millrace.server.loader;

import org.jspecify.annotations.NullMarked;
