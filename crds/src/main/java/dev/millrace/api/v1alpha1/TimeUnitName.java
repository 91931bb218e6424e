package dev.millrace.api.v1alpha1;

/** Unit of an event time. The constants are the words of the YAML. */
public enum TimeUnitName {
    s,
    ms,
    us,
    ns,
    iso8601
}
