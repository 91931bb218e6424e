@NullMarked
package dev.millrace.server.sql;

import org.jspecify.annotations.NullMarked;
