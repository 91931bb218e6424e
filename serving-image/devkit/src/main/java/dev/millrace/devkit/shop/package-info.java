/**
 * The recommendations sample's world: shoppers whose tastes drift, items, browsing events, and training sets of pages shown.
 * Pure and seeded: equal seeds give equal bytes. May use contract's tiles; opens no connection.
 */
@NullMarked
package dev.millrace.devkit.shop;

import org.jspecify.annotations.NullMarked;
