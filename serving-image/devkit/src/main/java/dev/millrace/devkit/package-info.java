/**
 * Everything a laptop, a test or a bench needs around Millrace's own processes: the command line of it.
 * May use contract; is never on the class path of server, aggregator or operator outside their tests.
 */
@NullMarked
package dev.millrace.devkit;

import org.jspecify.annotations.NullMarked;
