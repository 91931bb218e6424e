/**
 * The {@code millrace} command: {@code check} and {@code render} a RealtimeModel; {@code local} runs one as processes.
 * Prints text; every decision is the plan's. Knows its sub-packages, and none of them knows it.
 * May not link the data plane (it starts processes) and may not talk to a cluster.
 */
@NullMarked
package dev.millrace.cli;

import org.jspecify.annotations.NullMarked;
