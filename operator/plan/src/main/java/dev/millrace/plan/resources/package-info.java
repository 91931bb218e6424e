/**
 * Pure functions {@code StackPlan} to Kubernetes objects, one class per object; null means that it must not exist.
 * Canonical values only, so that a server-side apply of the same plan changes nothing.
 * May not derive a number (that is {@code StackPlan}'s work), hold a client, or read a clock.
 */
@NullMarked
package dev.millrace.plan.resources;

import org.jspecify.annotations.NullMarked;
