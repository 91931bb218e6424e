package dev.millrace.api.v1alpha1;

/** What a cached answer is found by. The constants are the words of the YAML. */
public enum CacheKey {
    Vector,
    Inputs
}
