/**
 * Groups whose values are rows of a PostgreSQL database: read beside the requests, kept in memory, and taken from there.
 * May not make a request wait; knows neither the store nor a protocol of callers.
 */
@NullMarked
package dev.millrace.server.sql;

import org.jspecify.annotations.NullMarked;
