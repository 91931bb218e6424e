package dev.millrace.api.v1alpha1;

/** What to do with a value that is too old. The constants are the words of the YAML. */
public enum OnStale {
    Serve,
    Default,
    Reject
}
