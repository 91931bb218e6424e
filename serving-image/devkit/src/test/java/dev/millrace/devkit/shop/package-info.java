@NullMarked
package dev.millrace.devkit.shop;

import org.jspecify.annotations.NullMarked;
