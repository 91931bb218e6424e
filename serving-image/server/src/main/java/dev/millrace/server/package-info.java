/**
 * The model server: start, ready, drain, stop.
 * Wires the packages below it; may not decode a protocol or touch a tensor itself.
 */
@NullMarked
package dev.millrace.server;

import org.jspecify.annotations.NullMarked;
