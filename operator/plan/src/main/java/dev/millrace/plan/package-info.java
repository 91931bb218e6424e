/**
 * The pure core: {@code SpecCheck} (findings), {@code StackPlan} (every derived number with its reason), config documents.
 * A {@code RealtimeModel} in, records out; same input, same output.
 * May not touch a Kubernetes client, a clock, a file, the network or Quarkus.
 */
@NullMarked
package dev.millrace.plan;

import org.jspecify.annotations.NullMarked;
