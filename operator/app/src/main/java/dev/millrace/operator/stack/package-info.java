/**
 * What every part of a reconciliation speaks of: the planned stack, and the words that a person may write on its
 * RealtimeModel.
 * May not know any of those parts, nor call a client.
 */
@NullMarked
package dev.millrace.operator.stack;

import org.jspecify.annotations.NullMarked;
