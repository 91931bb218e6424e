/** Tests of what is read from pods: from their status, and over real sockets. */
@NullMarked
package dev.millrace.operator.observe;

import org.jspecify.annotations.NullMarked;
