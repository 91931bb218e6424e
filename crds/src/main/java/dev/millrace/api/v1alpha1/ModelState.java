package dev.millrace.api.v1alpha1;

/** How far the model has come. The constants are the words of the YAML. */
public enum ModelState {
    Pending,
    Loading,
    Loaded,
    Failed
}
