/**
 * What documents tell a reader to type: the fenced blocks of a Markdown file, and the commands in them, for the tests that run
 * them. Text only: it may not run, and may not know what a command means.
 */
@NullMarked
package dev.millrace.devkit.documents;

import org.jspecify.annotations.NullMarked;
