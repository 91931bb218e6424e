/**
 * What operator, server and aggregator agree on: config documents, feature values, store keys, capacity, metric names.
 * Plain Java and Jackson's data binding. It may touch no network, no file but the documents it is given, no clock and no
 * framework.
 */
@NullMarked
package dev.millrace.contract;

import org.jspecify.annotations.NullMarked;
