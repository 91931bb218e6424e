/**
 * What the stack's own pods say about themselves, asked for off the reconcile path and made coarse, so that a value that
 * moves by itself triggers nothing.
 * May not write anything to Kubernetes.
 */
@NullMarked
package dev.millrace.operator.observe;

import org.jspecify.annotations.NullMarked;
