/**
 * Kubernetes Events about a RealtimeModel: one per change of a condition, de-duplicated by name.
 * An Event that cannot be written is logged and never fails a reconciliation.
 */
@NullMarked
package dev.millrace.operator.events;

import org.jspecify.annotations.NullMarked;
