package dev.millrace.api.v1alpha1;

/** What to do for a feature without a value. The constants are the words of the YAML. */
public enum OnMissing {
    Default,
    Reject
}
