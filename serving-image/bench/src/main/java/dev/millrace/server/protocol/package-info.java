/** Benchmarks of the codec, in its package because it is nobody else's. */
@NullMarked
package dev.millrace.server.protocol;

import org.jspecify.annotations.NullMarked;
