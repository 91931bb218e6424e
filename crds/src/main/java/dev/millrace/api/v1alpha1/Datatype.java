package dev.millrace.api.v1alpha1;

/** Datatypes of the Open Inference Protocol. The constants are the words of the YAML. */
public enum Datatype {
    BOOL,
    UINT8,
    UINT16,
    UINT32,
    UINT64,
    INT8,
    INT16,
    INT32,
    INT64,
    FP16,
    FP32,
    FP64,
    BYTES
}
