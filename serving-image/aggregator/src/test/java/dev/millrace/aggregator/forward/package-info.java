/** Tests of the forwarder, on real brokers. */
@NullMarked
package dev.millrace.aggregator.forward;

import org.jspecify.annotations.NullMarked;
