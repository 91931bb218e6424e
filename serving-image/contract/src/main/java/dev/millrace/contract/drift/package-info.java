/**
 * How far a feature is distributed otherwise than in training, from counts in fixed bins: what server, operator and the
 * alert's rules compute alike. May not know where counts come from.
 */
@NullMarked
package dev.millrace.contract.drift;

import org.jspecify.annotations.NullMarked;
