/**
 * The server's metrics, registered from the contract's catalogue, with their label sets resolved before the hot path.
 * May not decide anything but what is good and what is bad for an SLO.
 */
@NullMarked
package dev.millrace.server.metrics;

import org.jspecify.annotations.NullMarked;
