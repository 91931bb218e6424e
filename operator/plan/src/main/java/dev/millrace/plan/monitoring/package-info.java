/**
 * What Prometheus is given for one model: recording rules and alerts generated from its SLOs, and the PodMonitor.
 * Pure functions from {@link dev.millrace.plan.monitoring.MonitoringPlan}; metric names come from the contract's catalogue.
 * May not touch the rest of the plan, a Kubernetes client, a clock or a running Prometheus.
 */
@NullMarked
package dev.millrace.plan.monitoring;

import org.jspecify.annotations.NullMarked;
