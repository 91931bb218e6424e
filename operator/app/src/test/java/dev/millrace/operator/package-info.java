/** Tests of the operator: pure, on a mock API server (no server-side apply there), and on a real kube-apiserver. */
@NullMarked
package dev.millrace.operator;

import org.jspecify.annotations.NullMarked;
