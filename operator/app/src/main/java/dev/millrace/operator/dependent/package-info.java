/**
 * One class per Kubernetes kind, with no logic but "those objects of the stack that are of this kind": java-operator-sdk
 * applies them by server-side apply, watches them and deletes what the stack does not hold any more.
 * May not build an object or decide that one exists.
 */
@NullMarked
package dev.millrace.operator.dependent;

import org.jspecify.annotations.NullMarked;
