/**
 * The aggregator process: reads its document, runs one stream per group, answers on the metrics port, stops cleanly.
 * Wiring only; may not parse an event, touch a tile or speak to the store by itself.
 */
@NullMarked
package dev.millrace.aggregator;

import org.jspecify.annotations.NullMarked;
