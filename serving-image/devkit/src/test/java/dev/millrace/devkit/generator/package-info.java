/** Tests of the load generator: its clock, its wire formats, and that it tells the truth about a server that stalls. */
@NullMarked
package dev.millrace.devkit.generator;

import org.jspecify.annotations.NullMarked;
