/**
 * What the server is doing: its state, the reason, and the model that is served. The one mutable thing that all parts see.
 * May not know a protocol.
 */
@NullMarked
package dev.millrace.server.status;

import org.jspecify.annotations.NullMarked;
