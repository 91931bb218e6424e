/**
 * Puts what Quarkus generates for the operator into one order. Runs in the build only; knows shapes of bytecode, and nothing of
 * the operator's own classes. A shape that it does not know fails the build.
 */
@NullMarked
package dev.millrace.bytecode;

import org.jspecify.annotations.NullMarked;
