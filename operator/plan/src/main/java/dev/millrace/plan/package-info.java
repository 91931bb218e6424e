/**
 * The pure core: {@code StackPlan} (every derived number with its reason) and config documents, and the values that a spec
 * is read as. A {@code RealtimeModel} in, records out; same input, same output.
 * May not touch its sub-packages, which know it, a Kubernetes client, a clock, a file, the network or Quarkus.
 */
@NullMarked
package dev.millrace.plan;

import org.jspecify.annotations.NullMarked;
