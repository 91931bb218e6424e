/**
 * What a person gives to the command: a YAML file with one RealtimeModel, checked by the CRD's schema and the plan's rules.
 * What cannot be used is an {@code InputException} of one line.
 * May not touch the other packages of the command, print, or talk to a cluster.
 */
@NullMarked
package dev.millrace.cli.input;

import org.jspecify.annotations.NullMarked;
