/**
 * A real Redis as a child process, with the settings of a managed store.
 * May touch its own directory, port and child; knows nothing of features or models.
 */
@NullMarked
package dev.millrace.devkit.store;

import org.jspecify.annotations.NullMarked;
