/** Benchmarks of rows in memory, in their package because they are nobody else's. */
@NullMarked
package dev.millrace.server.sql;

import org.jspecify.annotations.NullMarked;
