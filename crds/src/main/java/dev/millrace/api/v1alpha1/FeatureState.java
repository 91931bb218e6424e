package dev.millrace.api.v1alpha1;

/** State of a feature group. The constants are the words of the YAML. */
public enum FeatureState {
    Fresh,
    Stale,
    Missing,
    Unknown
}
