/** Runs whole stacks on this machine and looks at what they answer and leave behind. */
@NullMarked
package dev.millrace.cli.local;

import org.jspecify.annotations.NullMarked;
