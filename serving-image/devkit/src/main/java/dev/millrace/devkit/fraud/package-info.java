/**
 * The fraud sample's world: customers, their card purchases, fraud patterns with ground truth, and training sets.
 * Pure and seeded: equal seeds give equal bytes. May use contract's tiles; opens no connection.
 */
@NullMarked
package dev.millrace.devkit.fraud;

import org.jspecify.annotations.NullMarked;
