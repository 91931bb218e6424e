/** Tests of Feast's layout. */
@NullMarked
package dev.millrace.contract.feast;

import org.jspecify.annotations.NullMarked;
