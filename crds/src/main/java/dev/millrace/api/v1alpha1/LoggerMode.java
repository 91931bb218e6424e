package dev.millrace.api.v1alpha1;

/** What is logged. The constants are the words of the YAML. */
public enum LoggerMode {
    all
}
