package dev.millrace.api.v1alpha1;

/** Steps of the fallback. The constants are the words of the YAML. */
public enum FallbackStep {
    LastKnown,
    PreviousVersion,
    Default
}
