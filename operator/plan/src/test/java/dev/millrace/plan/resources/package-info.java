/** The Kubernetes objects, and a golden file of them. */
@NullMarked
package dev.millrace.plan.resources;

import org.jspecify.annotations.NullMarked;
