/**
 * The connections of callers, below HTTP: what a fault of one call, or a caller that is slow or gone, may cost the others.
 * Knows Netty and nothing of models, calls or documents.
 */
@NullMarked
package dev.millrace.server.connection;

import org.jspecify.annotations.NullMarked;
