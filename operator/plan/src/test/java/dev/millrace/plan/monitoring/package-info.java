/** Rules and runbooks, also under Prometheus' own evaluator. */
@NullMarked
package dev.millrace.plan.monitoring;

import org.jspecify.annotations.NullMarked;
