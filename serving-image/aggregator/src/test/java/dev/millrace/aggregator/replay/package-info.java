@NullMarked
package dev.millrace.aggregator.replay;

import org.jspecify.annotations.NullMarked;
