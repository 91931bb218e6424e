/**
 * The operator's edge: the reconciler, its configuration and its wiring.
 * Decides nothing about a stack: that is {@code dev.millrace.plan}. Opens no connection to Kafka or a store, reads no
 * Secret, and never writes a RealtimeModel's spec.
 */
@NullMarked
package dev.millrace.operator;

import org.jspecify.annotations.NullMarked;
