package dev.millrace.api.v1alpha1;

/** Types of an entity key's field. The constants are the words of the YAML. */
public enum KeyType {
    STRING,
    INT32,
    INT64
}
