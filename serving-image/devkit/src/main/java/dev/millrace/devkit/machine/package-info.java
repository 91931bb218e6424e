/**
 * What a broker or store on this machine needs of it: free ports of the loopback interface, scratch directories.
 * May touch sockets and the temporary directory; knows none of the processes that use them.
 */
@NullMarked
package dev.millrace.devkit.machine;

import org.jspecify.annotations.NullMarked;
