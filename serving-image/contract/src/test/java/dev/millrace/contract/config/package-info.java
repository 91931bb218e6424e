/** Tests of the package of the same name. */
@NullMarked
package dev.millrace.contract.config;

import org.jspecify.annotations.NullMarked;
