/**
 * The documents that the operator hands to each process: {@code serving.json}, {@code aggregator.json}.
 * Records and their JSON only; may not derive a number (that is the plan's work) and may not read a clock.
 */
@NullMarked
package dev.millrace.contract.config;

import org.jspecify.annotations.NullMarked;
