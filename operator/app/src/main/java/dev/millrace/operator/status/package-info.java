/**
 * From what was seen to {@code status}: one verdict per condition, Ready as their AND, kstatus' Reconciling and Stalled.
 * Pure functions of their arguments and of the stored status, whose transition times they carry forward.
 * May not call a client.
 */
@NullMarked
package dev.millrace.operator.status;

import org.jspecify.annotations.NullMarked;
