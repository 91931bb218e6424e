/**
 * The samples' demos: live events, predictions under open-loop load or results from a topic, what the screen shows and the report
 * says.
 * Talks to a running stack by its addresses alone; starts and links none of its processes.
 */
@NullMarked
package dev.millrace.devkit.demo;

import org.jspecify.annotations.NullMarked;
