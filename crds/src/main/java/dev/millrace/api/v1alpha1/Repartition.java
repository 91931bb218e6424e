package dev.millrace.api.v1alpha1;

/** Whether a stream is re-keyed. The constants are the words of the YAML. */
public enum Repartition {
    Never,
    Auto
}
