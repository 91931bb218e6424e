package dev.millrace.api.v1alpha1;

/** Reasons that lead to the fallback. The constants are the words of the YAML. */
public enum FallbackReason {
    ModelUnavailable,
    Timeout,
    Overload,
    FeatureStoreUnavailable,
    FeatureMissing,
    FeatureStale
}
