/**
 * What one request costs in each part that it passes, measured with JMH.
 * May use server and contract; nothing uses it.
 */
@NullMarked
package dev.millrace.bench;

import org.jspecify.annotations.NullMarked;
