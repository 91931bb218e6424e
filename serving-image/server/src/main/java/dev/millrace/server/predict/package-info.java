/**
 * The pipeline of a call: features, vector, cache, engine, threshold, fallback, answer.
 * Runs on the call's event loop and never blocks it; may not know how a call was encoded.
 */
@NullMarked
package dev.millrace.server.predict;

import org.jspecify.annotations.NullMarked;
