/**
 * {@code SpecCheck} and its rules, one class per part of the spec; each adds findings that name a field and its cure.
 * Rules only: no rule changes or completes the spec.
 * May not touch Kubernetes objects other than the RealtimeModel, and may not throw on a bad spec.
 */
@NullMarked
package dev.millrace.plan.check;

import org.jspecify.annotations.NullMarked;
