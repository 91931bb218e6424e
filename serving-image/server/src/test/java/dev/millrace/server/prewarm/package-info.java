@NullMarked
package dev.millrace.server.prewarm;

import org.jspecify.annotations.NullMarked;
