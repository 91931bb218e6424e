package dev.millrace.plan;

/**
 * Drift against the model's baseline.
 *
 * @param baseline file beside the model
 * @param threshold PSI above which drift is reported
 */
public record DriftPlan(String baseline, double threshold, int maxFeatures) {}
