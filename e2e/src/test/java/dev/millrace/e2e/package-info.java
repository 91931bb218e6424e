/**
 * The fraud sample on a real cluster, from helm install to helm uninstall, asked by real clients.
 *
 * <p>Talks to the cluster and to the stack from outside, as a user does; touches no class of the operator, the server or the
 * aggregator.
 */
@NullMarked
package dev.millrace.e2e;

import org.jspecify.annotations.NullMarked;
