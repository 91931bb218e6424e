package dev.millrace.api.v1alpha1;

/** Format of batch files. The constants are the words of the YAML. */
public enum BatchFormat {
    parquet,
    csv,
    jsonl
}
