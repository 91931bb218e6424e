package dev.millrace.api.v1alpha1;

/** Format of a model file. The constants are the words of the YAML. */
public enum ModelFormatName {
    onnx
}
