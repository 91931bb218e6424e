/** Tests of stream inference's pure parts. */
@NullMarked
package dev.millrace.server.stream;

import org.jspecify.annotations.NullMarked;
