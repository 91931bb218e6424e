/**
 * What one request costs in each part that it passes, measured with JMH, and what the comparison's predict is measured on.
 * May use server and contract, and Jedis to fill a store; nothing uses it.
 */
@NullMarked
package dev.millrace.bench;

import org.jspecify.annotations.NullMarked;
