/** Tests of the package of the same name. */
@NullMarked
package dev.millrace.contract.kafka;

import org.jspecify.annotations.NullMarked;
