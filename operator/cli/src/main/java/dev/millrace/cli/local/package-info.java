/**
 * {@code millrace local} and {@code millrace demo}: a stack as processes on this machine, from the same plan as in a cluster; and
 * {@code load}, {@code backfill} and {@code replay}, programs of other modules.
 * Starts, watches and stops child processes; links none of them and knows only their main classes, files and ports.
 */
@NullMarked
package dev.millrace.cli.local;

import org.jspecify.annotations.NullMarked;
