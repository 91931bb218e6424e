/** Tests of the package of the same name. */
@NullMarked
package dev.millrace.server.features;

import org.jspecify.annotations.NullMarked;
