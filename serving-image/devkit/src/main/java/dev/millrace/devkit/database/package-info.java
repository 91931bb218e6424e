/**
 * A real PostgreSQL as a child process, with one database of its own.
 * May touch its own directory, port and children; knows nothing of features or models.
 */
@NullMarked
package dev.millrace.devkit.database;

import org.jspecify.annotations.NullMarked;
