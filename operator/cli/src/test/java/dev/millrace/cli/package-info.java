/** The commands as a shell calls them. */
@NullMarked
package dev.millrace.cli;

import org.jspecify.annotations.NullMarked;
