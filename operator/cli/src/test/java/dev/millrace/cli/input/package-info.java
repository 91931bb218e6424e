/** What is said of a file, beside what an API server says of it. */
@NullMarked
package dev.millrace.cli.input;

import org.jspecify.annotations.NullMarked;
