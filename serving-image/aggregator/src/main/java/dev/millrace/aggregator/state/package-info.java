/**
 * Where tiles are kept between events: in memory, or on disk by a RocksDB whose memory is bounded. Knows nothing of groups,
 * topics or the online store.
 */
@NullMarked
package dev.millrace.aggregator.state;

import org.jspecify.annotations.NullMarked;
