/**
 * The anomaly sample's world: machines with three sensors, faults among their readings and the truth about them, training sets,
 * and the score of a detector. Pure and seeded: equal seeds give equal bytes. May use contract's tiles; opens no connection.
 */
@NullMarked
package dev.millrace.devkit.sensors;

import org.jspecify.annotations.NullMarked;
