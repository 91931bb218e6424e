/** The Java model by itself: what it reads and writes. */
@NullMarked
package dev.millrace.api.v1alpha1;

import org.jspecify.annotations.NullMarked;
