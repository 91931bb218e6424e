/** Tests of the package of the same name. */
@NullMarked
package dev.millrace.server.metrics;

import org.jspecify.annotations.NullMarked;
