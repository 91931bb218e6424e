/**
 * How the CRD is made from the Java model, and the gates on the result.
 * Test scope, so that nothing that uses the API carries a generator. May not be used by another module.
 */
@NullMarked
package dev.millrace.api.crd;

import org.jspecify.annotations.NullMarked;
