package dev.millrace.api.v1alpha1;

/** ONNX Runtime execution providers. The constants are the words of the YAML. */
public enum ExecutionProvider {
    CPU
}
