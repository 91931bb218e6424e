/**
 * Stream inference: a topic's records are read, scored as one call's rows are, and their results written in the transaction
 * that commits their offsets. On a thread of its own; may not know protocols, and touches no event loop but to hand over.
 */
@NullMarked
package dev.millrace.server.stream;

import org.jspecify.annotations.NullMarked;
