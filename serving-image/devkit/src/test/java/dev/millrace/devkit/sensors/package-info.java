/** Tests of the anomaly sample's world. */
@NullMarked
package dev.millrace.devkit.sensors;

import org.jspecify.annotations.NullMarked;
