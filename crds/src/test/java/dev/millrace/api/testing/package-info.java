/**
 * A real kube-apiserver for tests, and the fraud example that they start from. Published as this module's test jar.
 * Test scope; may know the Kubernetes client, may not know the operator.
 */
@NullMarked
package dev.millrace.api.testing;

import org.jspecify.annotations.NullMarked;
